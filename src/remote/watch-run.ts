import { z } from "zod";
import { ExitRecord, type RemoteState, RunnerRecord } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";
import { parseAt } from "../lib/schema.js";
import { type Link, LinkLost } from "./link.js";
import { quote } from "./quote.js";
import { scriptText } from "./script.js";

/** How a file there stands against what is known of it here. */
export interface FileStanding {
	bytes: number;
	/** Changes when another file takes its place. */
	inode: string;
	/** What comes after the part that is known; empty where nothing does, or where less is there. */
	news: Buffer;
}

export interface Answer {
	state: RemoteState;
	record: RunnerRecord | null;
	/** Those that exist. */
	files: ReadonlyMap<string, FileStanding>;
	/** Seconds until its limit; null: it has none. */
	secondsLeft: number | null;
	/** Seconds since the watcher on the host last looked. */
	heartbeatAge: number | null;
}

/** Asks a host about one attempt, again and again over one channel. Nothing of it stays there when the link ends. */
export interface Watch {
	/** `known`: how many bytes of which files are known. */
	ask(known: ReadonlyMap<string, number>): Promise<Answer>;
	close(): void;
}

/** Of one file in an answer: enough for any log, little enough to be held. */
const MOST_BYTES = 4 << 20;
/** A host that is asked and says nothing for so long is as good as gone. */
const ANSWER_MS = 15_000;

export function watchRun(link: Link, folder: string, signal: AbortSignal, answerMs: number = ANSWER_MS): Watch {
	const asked = questions();
	const stop = new AbortController();
	let pending: Buffer[] = [];
	let count = 0;
	let wake = () => {};
	let record: RunnerRecord | null = null;
	const command = `sh -c ${quote(scriptText("watch.sh"))} watch ${quote(folder)} ${MOST_BYTES}`;
	const ended = link.execute(command, {
		input: asked.lines,
		onOutput: (chunk) => {
			pending.push(chunk);
			count += chunk.length;
			wake();
		},
		timeoutMs: null,
		signal: AbortSignal.any([signal, stop.signal]),
	});
	ended.catch(() => {});
	ended.finally(() => wake()).catch(() => {});
	/** Waits until there are so many bytes, or a line of a header that says it is the last. */
	const until = async (isThere: () => boolean): Promise<void> => {
		const late = Promise.withResolvers<never>();
		const timer = setTimeout(() => {
			late.reject(new LinkLost(`no answer for ${answerMs / 1000} s`, { isPassing: true }));
		}, answerMs);
		try {
			while (!isThere()) {
				const more = new Promise<void>((resolve) => {
					wake = resolve;
				});
				const over = ended.then(({ code, stderr }) => {
					if (isThere()) return;
					throw new LinkLost(stderr.trim() || `the host stopped answering (${code ?? "a signal"})`, {
						isPassing: true,
					});
				});
				await Promise.race([more, over, late.promise]);
			}
		} finally {
			clearTimeout(timer);
		}
	};
	const all = (): Buffer => {
		const bytes = pending.length === 1 && pending[0] ? pending[0] : Buffer.concat(pending);
		pending = [bytes];
		return bytes;
	};
	const take = (length: number): Buffer => {
		const bytes = all();
		pending = [bytes.subarray(length)];
		count -= length;
		return bytes.subarray(0, length);
	};
	return {
		async ask(known) {
			asked.ask([...known].map(([name, length]) => `${name}:${length}`).join(" "));
			await until(() => endOfHeader(all()) > 0);
			const header = readHeader(take(endOfHeader(all())).toString("utf8"));
			record = header.record ?? record;
			const files = new Map<string, FileStanding>();
			for (const { name, size, inode, length } of header.files) {
				await until(() => count >= length);
				files.set(name, { bytes: size, inode, news: Buffer.from(take(length)) });
			}
			const { up, deadline, beat } = header;
			return {
				state: stateOf(header, record),
				record,
				files,
				secondsLeft: deadline === null || up === null ? null : deadline - up,
				heartbeatAge: beat === null || up === null ? null : up - beat,
			};
		},
		close() {
			asked.end();
			stop.abort();
		},
	};
}

/** Length of a header with its last line; 0: not all of it is there. */
function endOfHeader(bytes: Buffer): number {
	if (bytes.subarray(0, 5).toString() === "data\n") return 5;
	const at = bytes.indexOf("\ndata\n");
	return at < 0 ? 0 : at + 6;
}

interface Header {
	isGone: boolean;
	record: RunnerRecord | null;
	exit: ExitRecord | null;
	isLocked: boolean;
	isRunnerAlive: boolean;
	isJobAlive: boolean;
	bootId: string | null;
	up: number | null;
	beat: number | null;
	deadline: number | null;
	files: { name: string; size: number; inode: string; length: number }[];
}

const Length = z.coerce.number().int().nonnegative();

function readHeader(text: string): Header {
	const header: Header = {
		isGone: false,
		record: null,
		exit: null,
		isLocked: false,
		isRunnerAlive: false,
		isJobAlive: false,
		bootId: null,
		up: null,
		beat: null,
		deadline: null,
		files: [],
	};
	for (const line of text.split("\n")) {
		const [word, ...rest] = line.split(" ");
		const value = rest.join(" ");
		if (word === "gone") header.isGone = true;
		else if (word === "lock") header.isLocked = true;
		else if (word === "runner") header.isRunnerAlive = true;
		else if (word === "job") header.isJobAlive = true;
		else if (word === "boot") header.bootId = value;
		else if (word === "record") header.record = parseAt(RunnerRecord, jsonOf(value), "runner.json on the host");
		else if (word === "exit") header.exit = parseAt(ExitRecord, jsonOf(value), "exit.json on the host");
		else if (word === "times") [header.up = null, header.beat = null, header.deadline = null] = rest.map(numberOrNull);
		else if (word === "file") {
			const [name = "", size, inode = "", length] = rest;
			header.files.push({ name, size: Length.parse(size), inode, length: Math.max(0, Number(length)) });
		}
	}
	return header;
}

function stateOf(header: Header, record: RunnerRecord | null): RemoteState {
	if (header.isGone) return { state: "gone" };
	if (header.exit !== null) return { state: "ended", exit: header.exit };
	if (record === null) return { state: header.isLocked ? "start_failed" : "prepared" };
	if (record.bootId !== header.bootId) return { state: "rebooted" };
	if (header.isRunnerAlive) return { state: "running" };
	return { state: header.isJobAlive ? "runner_lost" : "lost" };
}

function numberOrNull(text: string): number | null {
	return text === "-" || text === "" ? null : Number(text);
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new AssayError("host", "a record on the host is damaged", { cause });
	}
}

/** Lines of an input that stays open. */
function questions(): { lines: AsyncIterable<Uint8Array>; ask(line: string): void; end(): void } {
	const waiting: string[] = [];
	let isOver = false;
	let wake = () => {};
	return {
		lines: (async function* () {
			for (;;) {
				for (const line of waiting.splice(0)) yield Buffer.from(`${line}\n`);
				if (isOver) return;
				await new Promise<void>((resolve) => {
					wake = resolve;
					if (waiting.length > 0 || isOver) resolve();
				});
			}
		})(),
		ask(line) {
			waiting.push(line);
			wake();
		},
		end() {
			isOver = true;
			wake();
		},
	};
}
