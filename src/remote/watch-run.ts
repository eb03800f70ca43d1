import { z } from "zod";
import { MIRRORED } from "../domain/mirrored-files.js";
import { ExitRecord, type RemoteState, RunnerRecord } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";
import { parseAt } from "../lib/schema.js";
import { type Link, LinkLost } from "./link.js";
import { quote } from "./quote.js";
import { scriptText } from "./script.js";
import { readSlurmLine, type SlurmJob, stateOfSlurm } from "./slurm-state.js";

/** How a file there stands against what is known of it here. */
export interface FileStanding {
	bytes: number;
	/** Changes when another file takes its place. */
	inode: string;
	/** The end of what is known, as it is there; empty where nothing comes after it. */
	overlap: Buffer;
}

/** Takes files as they come, those with news in the order of the question. */
export interface FileReader {
	/** How many bytes of which files are known. */
	known(): ReadonlyMap<string, number>;
	stands(name: string, standing: FileStanding): void;
	/** What comes after that which is known, part by part. */
	reads(name: string, news: Buffer): void;
	/** Something of it is known, and it is there no longer. */
	misses(name: string): void;
}

export interface Answer {
	state: RemoteState;
	record: RunnerRecord | null;
	/** Its job of Slurm; null: there is none. */
	slurmJob: string | null;
	/** Bytes of those that exist. */
	files: ReadonlyMap<string, number>;
	/** Seconds until its limit; null: it has none. */
	secondsLeft: number | null;
	/** Seconds since the watcher on the host last looked. */
	heartbeatAge: number | null;
	/** Room on the disk that it writes to; null: nobody tells. */
	freeBytes: number | null;
}

/** Asks a host about one attempt, again and again over one channel. Nothing of it stays there when the link ends. */
export interface Watch {
	/** Without a reader it asks for the state alone. */
	ask(reader?: FileReader): Promise<Answer>;
	/** Milliseconds since the host last sent anything, or was asked. */
	silentMs(): number;
	close(): void;
}

/** Of one file in an answer. What comes is written as it comes; between answers the state is seen. */
const MOST_BYTES = { first: 4 << 20, least: 1 << 18, greatest: 1 << 26 };
/** So much of a file is asked for as comes in about so long. */
const PART_MS = 1000;
/** What comes is handed on in parts of this size. */
const HELD_BYTES = 1 << 18;
/** Of what is known, to see that the file there still begins with it. */
const OVERLAP_BYTES = 256;
/** A host that is asked and says nothing for so long is as good as gone. */
const ANSWER_MS = 15_000;

const NOTHING: FileReader = { known: () => new Map(), stands: () => {}, reads: () => {}, misses: () => {} };

export function watchRun(link: Link, folder: string, signal: AbortSignal, answerMs: number = ANSWER_MS): Watch {
	const asked = questions();
	const stop = new AbortController();
	let pending: Buffer[] = [];
	let count = 0;
	let wake = () => {};
	let record: RunnerRecord | null = null;
	let most = MOST_BYTES.first;
	let heardAt = performance.now();
	const command = `sh -c ${quote(scriptText("watch.sh"))} watch ${quote(folder)} ${OVERLAP_BYTES}`;
	const ended = link.execute(command, {
		input: asked.lines,
		onOutput: (chunk) => {
			pending.push(chunk);
			count += chunk.length;
			heardAt = performance.now();
			wake();
		},
		timeoutMs: null,
		signal: AbortSignal.any([signal, stop.signal]),
	});
	let over: (() => never) | null = null;
	const isOver = (reason: () => never): void => {
		over = reason;
		wake();
	};
	// Once, not at each wait: what is hung on a promise stays there until it settles, and this one may take weeks.
	ended.then(
		({ code, stderr }) =>
			isOver(() => {
				const reason = stderr.trim() || `the host stopped answering (${code ?? "a signal"})`;
				throw new LinkLost(reason, { isPassing: true });
			}),
		(error: unknown) =>
			isOver(() => {
				throw error;
			}),
	);
	/** Waits until it is there, for as long as more keeps coming. */
	const until = async (isThere: () => boolean): Promise<void> => {
		while (!isThere()) {
			over?.();
			await new Promise<void>((resolve, reject) => {
				const late = () => reject(new LinkLost(`no answer for ${answerMs / 1000} s`, { isPassing: true }));
				const timer = setTimeout(late, answerMs);
				wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
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
		async ask(reader = NOTHING) {
			const started = performance.now();
			heardAt = started;
			const known = reader.known();
			asked.ask([most, ...[...known].map(([name, length]) => `${name}:${length}`)].join(" "));
			await until(() => endOfHeader(all()) > 0);
			const header = readHeader(take(endOfHeader(all())).toString("utf8"));
			record = header.record ?? record;
			for (const { name, size, inode, length, overlap } of header.files) {
				await until(() => count >= overlap);
				reader.stands(name, { bytes: size, inode, overlap: take(overlap) });
				for (let left = length; left > 0; ) {
					const part = Math.min(left, HELD_BYTES);
					await until(() => count >= part);
					const news = take(part);
					left -= news.length;
					reader.reads(name, news);
				}
			}
			const there = new Map(header.files.map(({ name, size }) => [name, size]));
			for (const [name, length] of known) if (length > 0 && !header.isGone && !there.has(name)) reader.misses(name);
			const tookMs = performance.now() - started;
			const isPart = header.files.some(({ length }) => length === most);
			if (tookMs > PART_MS) most = Math.max(most / 2, MOST_BYTES.least);
			else if (isPart && tookMs < PART_MS / 2) most = Math.min(most * 2, MOST_BYTES.greatest);
			const { up, deadline, beat } = header;
			return {
				state: stateOf(header, record),
				record,
				slurmJob: header.slurm?.job ?? null,
				files: there,
				secondsLeft: deadline === null || up === null ? null : deadline - up,
				freeBytes: header.freeKb === null ? null : header.freeKb * 1024,
				heartbeatAge: beat === null || up === null ? null : up - beat,
			};
		},
		silentMs: () => performance.now() - heardAt,
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
	/** null: it is no job of Slurm. */
	slurm: SlurmJob | null;
	/** Of a job that Slurm began anew. */
	next: number | null;
	isRunnerAlive: boolean;
	isJobAlive: boolean;
	bootId: string | null;
	up: number | null;
	beat: number | null;
	deadline: number | null;
	freeKb: number | null;
	files: { name: string; size: number; inode: string; length: number; overlap: number }[];
}

const Length = z.coerce.number().int().nonnegative();

function readHeader(text: string): Header {
	const header: Header = {
		isGone: false,
		record: null,
		exit: null,
		isLocked: false,
		slurm: null,
		next: null,
		isRunnerAlive: false,
		isJobAlive: false,
		bootId: null,
		up: null,
		beat: null,
		deadline: null,
		freeKb: null,
		files: [],
	};
	for (const line of text.split("\n")) {
		const [word, ...rest] = line.split(" ");
		const value = rest.join(" ");
		if (word === "gone") header.isGone = true;
		else if (word === "lock") header.isLocked = true;
		else if (word === "slurm") header.slurm = readSlurmLine(value);
		else if (word === "next") header.next = Number(value);
		else if (word === "runner") header.isRunnerAlive = true;
		else if (word === "job") header.isJobAlive = true;
		else if (word === "boot") header.bootId = value;
		else if (word === "record") header.record = parseAt(RunnerRecord, jsonOf(value), "runner.json on the host");
		else if (word === "exit") header.exit = parseAt(ExitRecord, jsonOf(value), "exit.json on the host");
		else if (word === "free") header.freeKb = numberOrNull(value);
		else if (word === "times") [header.up = null, header.beat = null, header.deadline = null] = rest.map(numberOrNull);
		else if (word === "file") {
			const [name = "", size, inode = "", length, overlap] = rest;
			const of = (text: string | undefined): number => Length.parse(text);
			header.files.push({ name, size: of(size), inode, length: of(length), overlap: of(overlap) });
		}
	}
	return header;
}

function stateOf(header: Header, record: RunnerRecord | null): RemoteState {
	if (header.isGone) return { state: "gone" };
	if (header.slurm !== null) {
		const { exit, next, isLocked, files, slurm } = header;
		const logBytes = files.find(({ name }) => name === MIRRORED.log.remote)?.size ?? 0;
		return stateOfSlurm(slurm, { exit, next, isBegun: isLocked, logBytes });
	}
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
		throw new AssayError("host", "a record on the host is damaged", {
			hint: "see runner.json and exit.json in the folder of its attempt there",
			cause,
		});
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
