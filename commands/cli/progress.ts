import { durationText } from "../../src/lib/duration.js";
import type { CommandContext } from "./context.js";

export interface Progress {
	update(done: number): void;
	/** Clears a progress line, so that what follows starts on a fresh one. */
	end(): void;
}

interface ProgressOptions {
	label: string;
	unit: string;
	total: number | null;
	/** Milliseconds; only differences count. */
	now?: () => number;
}

const FIRST_AFTER_MS = 1_000;
const TERMINAL_EVERY_MS = 100;
const PLAIN_EVERY_MS = 5_000;

/** Rate and remaining time on stderr: one line redrawn on a terminal, a plain line every few seconds elsewhere. */
export function createProgress(
	context: Pick<CommandContext, "stderr" | "quiet"> & { stderr: { isTTY?: boolean } },
	{ label, unit, total, now = () => performance.now() }: ProgressOptions,
): Progress {
	const terminal = context.stderr.isTTY === true;
	const startedAt = now();
	let shownAt = startedAt + FIRST_AFTER_MS - (terminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS);
	let shown = false;
	return {
		update(done) {
			const at = now();
			if (context.quiet || at - shownAt < (terminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS)) return;
			shownAt = at;
			shown = true;
			const line = `${label}: ${progressText({ done, total, unit, elapsedMs: at - startedAt })}`;
			context.stderr.write(terminal ? `\r\u001b[2K${line}` : `${line}\n`);
		},
		end() {
			if (shown && terminal) context.stderr.write("\r\u001b[2K");
			shown = false;
		},
	};
}

/** e.g. "120/974 tasks, 31.2/s, 27 s left". */
export function progressText(state: { done: number; total: number | null; unit: string; elapsedMs: number }): string {
	const { done, total, unit, elapsedMs } = state;
	const perSecond = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
	const count = total === null ? `${done} ${unit}` : `${done}/${total} ${unit}`;
	const rate = perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1);
	if (total === null || perSecond === 0) return `${count}, ${rate}/s`;
	return `${count}, ${rate}/s, ${durationText(((total - done) * 1000) / perSecond)} left`;
}
