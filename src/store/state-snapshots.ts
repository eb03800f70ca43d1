import { copyRunState, type RunState } from "./run-state.js";

/** Events between two copies, while the log is short. */
const FIRST_SPACING = 512;
/** With more than this every other one is dropped and the spacing doubles, so that memory stays bounded. */
const MAX_COPIES = 24;
/** Stepping back goes through this many events before an older copy is needed. */
const NEAR_EVENTS = 512;

/** Copies of a run's state at some places of its log, to go on from. */
export interface StateSnapshots {
	/** To be offered the state after so many events; keeps a copy where one belongs. */
	offer(position: number, state: RunState): void;
	/** A fresh copy of the last state at or before `position` that is kept, if it is after `after`. */
	latest(position: number, after?: number): { position: number; state: RunState } | null;
	/** A place that will be wanted soon: before `position`, when the next copy is far. */
	wantNear(position: number): void;
	readonly count: number;
}

export function createSnapshots(): StateSnapshots {
	let spacing = FIRST_SPACING;
	let kept = new Map<number, RunState>();
	let near: { position: number; state: RunState | null } | null = null;
	const before = (position: number) => {
		let at = Math.floor(position / spacing) * spacing;
		while (at > 0 && !kept.has(at)) at -= spacing;
		return at;
	};
	return {
		offer(position, state) {
			if (near?.position === position) near.state ??= copyRunState(state);
			if (position === 0 || position % spacing !== 0 || kept.has(position)) return;
			kept.set(position, copyRunState(state));
			if (kept.size <= MAX_COPIES) return;
			spacing *= 2;
			kept = new Map([...kept].filter(([at]) => at % spacing === 0));
		},
		latest(position, after = -1) {
			const spaced = before(position);
			const isNear = near?.state && near.position <= position && near.position > spaced;
			const at = isNear ? near?.position : spaced;
			const state = isNear ? near?.state : kept.get(spaced);
			return state && at !== undefined && at > after ? { position: at, state: copyRunState(state) } : null;
		},
		wantNear(position) {
			const at = position - NEAR_EVENTS;
			if (at > before(position)) near = { position: at, state: null };
		},
		get count() {
			return kept.size + (near?.state ? 1 : 0);
		},
	};
}
