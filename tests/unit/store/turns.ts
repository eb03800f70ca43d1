import type { Turns } from "../../../src/store/slices.js";

/** A clock that goes on by a millisecond at every look, and turns that are taken one by one. */
export function createTestTurns(): Turns & { run(): number; pending(): number } {
	let now = 0;
	const queue: (() => void)[] = [];
	const plan = (job: () => void) => {
		queue.push(job);
		return () => {
			const at = queue.indexOf(job);
			if (at >= 0) queue.splice(at, 1);
		};
	};
	return {
		now: () => now++,
		soon: plan,
		after: (ms, job) =>
			plan(() => {
				now += ms;
				job();
			}),
		pending: () => queue.length,
		/** Takes turns until there are none left; returns how many there were. */
		run() {
			let turns = 0;
			for (let job = queue.shift(); job; job = queue.shift()) {
				job();
				turns++;
			}
			return turns;
		},
	};
}
