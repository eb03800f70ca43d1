import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import type { FileScan, SecretFinding } from "../domain/secret-scan.js";
import { countOf } from "../lib/count.js";
import { AssayError } from "../lib/errors.js";
import { isGzip, reasonOf } from "../lib/input-file.js";
import { LONGEST_MATCH, type SecretMatch, type SecretSearch } from "./secret-rules.js";

export interface ScanWatch {
	signal: AbortSignal;
	onBytes: (bytes: number) => void;
}

/** So many different texts are told of one file. */
const MOST_FINDINGS = 200;
const WINDOW = 1 << 20;
const HEAD = 8192;

/**
 * Searches a file of any size, packed or not; memory is that of a window. Of an archive, one scan for each file in it. A file
 * with a zero byte in its head is binary and left alone.
 */
export async function* scanFile(path: string, search: SecretSearch, watch: ScanWatch): AsyncGenerator<FileScan> {
	if (/\.(tar|tar\.gz|tgz)$/.test(path)) {
		yield* await scanArchive(path, search, watch);
		return;
	}
	const head = await headOf(path);
	const counted = createReadStream(path, { highWaterMark: 1 << 18 });
	counted.on("data", (chunk) => watch.onBytes(chunk.length));
	const source = isGzip(head) ? counted.pipe(createGunzip()) : counted;
	try {
		yield { path, ...(await scanStream(source, search, watch.signal)) };
	} catch (cause) {
		if (watch.signal.aborted || cause instanceof AssayError) throw cause;
		throw new AssayError("usage", `${path}: cannot be read: ${reasonOf(cause)}`, { cause });
	} finally {
		counted.destroy();
	}
}

async function scanStream(
	source: AsyncIterable<Buffer>,
	search: SecretSearch,
	signal: AbortSignal,
): Promise<Omit<FileScan, "path">> {
	const gathering = new Findings();
	const bytes = await searchStream(source, search, signal, (window, matches) => gathering.add(window, matches));
	if (bytes === null) return { bytes: 0, isBinary: true, findings: [], more: 0 };
	return { bytes, isBinary: false, ...gathering.result() };
}

async function scanArchive(path: string, search: SecretSearch, watch: ScanWatch): Promise<FileScan[]> {
	const { list } = await import("tar");
	const scans: Promise<FileScan>[] = [];
	await list({
		file: path,
		strict: true,
		onReadEntry: (entry) => {
			entry.on("data", (chunk: Buffer) => watch.onBytes(chunk.length));
			const name = `${path}!${entry.path}`;
			scans.push(scanStream(entry, search, watch.signal).then((scan) => ({ path: name, ...scan })));
		},
	});
	return await Promise.all(scans);
}

/** Writes the file again with every match blotted out: as long as it was, so that recorded places stay right. */
export async function redactFile(
	path: string,
	search: SecretSearch,
	signal: AbortSignal,
	write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
	const source = () => createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>;
	const bytes = await searchStream(source(), search, signal, async ({ text, settled }, matches) => {
		const pieces: string[] = [];
		let at = 0;
		for (const { start, end } of matches) {
			pieces.push(text.slice(at, start), blot(text.slice(start, end)));
			at = end;
		}
		pieces.push(text.slice(at, settled));
		await write(Buffer.from(pieces.join(""), "latin1"));
	});
	if (bytes === null) for await (const chunk of source()) await write(chunk);
}

/** As long as the text; line ends stay, so that a redacted log has the same lines. */
function blot(text: string): string {
	const sign = "[REDACTED]";
	const stars = text.replace(/[^\r\n]/g, "*");
	return text.length >= sign.length && !/[\r\n]/.test(text.slice(0, sign.length))
		? sign + stars.slice(sign.length)
		: stars;
}

interface Window {
	text: string;
	/** Up to here it is dealt with; the rest comes again at the start of the next one. */
	settled: number;
}

/**
 * Calls `use` with one window after the other and the matches that begin in its settled part, and resolves to the number of
 * bytes; null, without a call, for what is binary.
 */
async function searchStream(
	source: AsyncIterable<Buffer>,
	search: SecretSearch,
	signal: AbortSignal,
	use: (window: Window, matches: SecretMatch[]) => void | Promise<void>,
): Promise<number | null> {
	let pending: string[] = [];
	let length = 0;
	let bytes = 0;
	const flush = async (isLast: boolean): Promise<void> => {
		const text = pending.join("");
		const matches = await search(text);
		const settled = isLast ? text.length : settledEnd(text, matches);
		await use(
			{ text, settled },
			matches.filter(({ start }) => start < settled),
		);
		pending = [text.slice(settled)];
		length = text.length - settled;
	};
	for await (const chunk of source) {
		signal.throwIfAborted();
		if (bytes === 0 && chunk.subarray(0, HEAD).includes(0)) return null;
		pending.push(chunk.toString("latin1"));
		length += chunk.length;
		bytes += chunk.length;
		if (length >= WINDOW) await flush(false);
	}
	await flush(true);
	return bytes;
}

/** At the end of a line where there is one, and never within a match, which would be seen in halves. */
function settledEnd(text: string, matches: readonly SecretMatch[]): number {
	const earliest = text.length - LONGEST_MATCH;
	const lineEnd = text.indexOf("\n", earliest);
	const end = lineEnd < 0 || lineEnd + 1 >= text.length ? earliest : lineEnd + 1;
	const across = matches.find((match) => match.start < end && match.end > end);
	return across === undefined ? end : across.start > 0 ? across.start : across.end;
}

/** Gathers one finding for each distinct text. */
class Findings {
	readonly #byText = new Map<string, SecretFinding>();
	#line = 1;
	/** Characters of the current line in earlier windows. */
	#column = 0;
	#more = 0;

	add({ text, settled }: Window, matches: readonly SecretMatch[]): void {
		let at = 0;
		const goTo = (end: number) => {
			for (let next = text.indexOf("\n", at); next >= 0 && next < end; next = text.indexOf("\n", at)) {
				this.#line++;
				this.#column = 0;
				at = next + 1;
			}
			this.#column += end - at;
			at = end;
		};
		for (const { start, end, rule, kind } of matches) {
			goTo(start);
			const found = text.slice(start, end);
			const known = this.#byText.get(`${rule}\n${found}`);
			if (known !== undefined) known.count++;
			else if (this.#byText.size >= MOST_FINDINGS) this.#more++;
			else {
				const redacted = `[${rule}, ${countOf(found.length, "character")}]`;
				this.#byText.set(`${rule}\n${found}`, {
					line: this.#line,
					column: this.#column + 1,
					rule,
					kind,
					redacted,
					count: 1,
				});
			}
		}
		goTo(settled);
	}

	result(): Pick<FileScan, "findings" | "more"> {
		return { findings: [...this.#byText.values()], more: this.#more };
	}
}

async function headOf(path: string): Promise<Buffer> {
	const file = await open(path, "r");
	try {
		const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await file.close();
	}
}
