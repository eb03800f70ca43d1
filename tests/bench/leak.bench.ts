import { crc32 } from "node:zlib";
import type { TrainingEntry } from "../../src/domain/training.js";
import { seededRandom } from "../../src/lib/seeded-random.js";
import { SeenTasks } from "../../src/lineage/seen-tasks.js";
import { promptLikeness, solutionLikeness } from "../../src/tasks/likeness.js";

const SCORED = 10_000;
const TRAINED = 100_000;
/** One training entry in so many is a copy of a scored task. */
const COPIED = 100;

/** Scored tasks looked up among training entries; prompts of some 40 words and programs of some 60 tokens, out of a few words. */
function main(json: boolean): void {
	const random = seededRandom(1);
	const words = (count: number, of: number) =>
		Array.from({ length: count }, () => `w${Math.floor(of * random() ** 2)}`).join(" ");
	const entryOf = (taskId: string): TrainingEntry => {
		const lines = Array.from(
			{ length: 8 },
			(_, i) => `    v${i} = ${words(6, 400).replaceAll(" ", " + ").replaceAll("w", ".w")}`,
		);
		const solution = solutionLikeness(`def f(a):\n${lines.join("\n")}\n    return v7\n`);
		return {
			taskId,
			contentSha256: null,
			prompt: promptLikeness(`Write a function to ${words(40, 2000)}`),
			solutions: solution === null ? [] : [solution],
		};
	};
	const scored = Array.from({ length: SCORED }, (_, i) => ({ ...entryOf(`s${i}`), taskId: `s${i}` }));
	const seen = new SeenTasks();
	const rss = () => process.memoryUsage.rss() / 2 ** 20;
	let since = performance.now();
	for (const entry of scored) seen.score(entry);
	const indexMs = performance.now() - since;
	let lookupMs = 0;
	const memory: number[] = [];
	for (let i = 0; i < TRAINED; i++) {
		const source = scored[crc32(`${i}`) % SCORED];
		const entry = i % COPIED === 0 && source !== undefined ? { ...source, taskId: null } : entryOf(`t${i}`);
		since = performance.now();
		seen.train(entry, "bench");
		lookupMs += performance.now() - since;
		if (i % 10_000 === 9_999) memory.push(rss());
	}
	const row = {
		scored: SCORED,
		trained: TRAINED,
		found: seen.seen().length,
		indexMs: Math.round(indexMs),
		lookupMs: Math.round(lookupMs),
		rssMbAtTenth: Math.round(memory[0] ?? 0),
		rssMbAtEnd: Math.round(memory.at(-1) ?? 0),
	};
	process.stdout.write(
		json
			? `${JSON.stringify({ type: "bench.row", bench: "leak", ...row })}\n`
			: `leak: ${SCORED} scored tasks indexed in ${row.indexMs} ms; ${TRAINED} entries looked up in ${row.lookupMs} ms, ${row.found} tasks found; ${row.rssMbAtTenth} MB after a tenth, ${row.rssMbAtEnd} MB at the end\n`,
	);
}

main(process.argv.includes("--json"));
