import { openAppendFile } from "../artifacts/append-file.js";
import { isEphemeral } from "../domain/ephemeral.js";
import type { RunEvent, RunEventBody } from "../domain/events.js";

export interface RunRecorder {
	/**
	 * Adds `seq`, `at` and `runId`, passes the event to every listener, and logs it unless it is ephemeral. Never throws:
	 * many events are told where nobody could catch.
	 */
	emit(body: RunEventBody): void;
	/** Throws why the log cannot be written, where that has been found since. */
	throwIfFailed(): void;
	/** Listeners are called at once and in order; they must be quick, and keep what they cannot deal with now. */
	subscribe(listener: (event: RunEvent) => void): () => void;
	/** Everything emitted so far is in the log when this returns. */
	flush(): void;
	close(): void;
}

export interface RecorderOptions {
	runId: string;
	logPath: string;
	/** Number of the first event: 0, or where an interrupted run goes on. */
	nextSeq: number;
	now: () => number;
	flushEveryMs?: number;
}

const FLUSH_BYTES = 64 << 10;

export function openRunRecorder(options: RecorderOptions): RunRecorder {
	const { runId, now, flushEveryMs = 200 } = options;
	const file = openAppendFile(options.logPath);
	const listeners = new Set<(event: RunEvent) => void>();
	let nextSeq = options.nextSeq;
	let lines: string[] = [];
	let characters = 0;
	let timer: NodeJS.Timeout | null = null;
	let failure: { error: unknown } | null = null;

	const flush = (): void => {
		if (timer !== null) clearTimeout(timer);
		timer = null;
		if (failure !== null) throw failure.error;
		if (lines.length === 0) return;
		file.append(Buffer.from(lines.join("")));
		lines = [];
		characters = 0;
	};
	const tryToFlush = (): void => {
		try {
			flush();
		} catch (error) {
			failure ??= { error };
		}
	};

	return {
		emit(body) {
			const ephemeral = isEphemeral(body.type);
			const seq = ephemeral ? Math.max(0, nextSeq - 1) : nextSeq++;
			const event: RunEvent = { seq, at: new Date(now()).toISOString(), runId, ...body };
			if (!ephemeral && failure === null) {
				const line = `${JSON.stringify(event)}\n`;
				lines.push(line);
				characters += line.length;
				if (characters >= FLUSH_BYTES) tryToFlush();
				else timer ??= setTimeout(tryToFlush, flushEveryMs).unref();
			}
			for (const listener of [...listeners]) listener(event);
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		throwIfFailed() {
			if (failure !== null) throw failure.error;
		},
		flush,
		close() {
			try {
				flush();
				file.sync();
			} finally {
				file.close();
			}
		},
	};
}
