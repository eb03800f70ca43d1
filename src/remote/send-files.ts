import { createReadStream } from "node:fs";
import { checksumFile } from "../artifacts/checksum.js";
import { AssayError } from "../lib/errors.js";
import { type Link, outputOf } from "./link.js";
import { quote } from "./quote.js";

/** A file and its place below the folder that it is sent to. */
export interface SentFile {
	path: string;
	bytes: number;
	sha256: string;
}

export interface SendOptions {
	/** Folder of everything that runs share. */
	workdir: string;
	/** What is to be there: place below `folder`, and the file here. */
	files: readonly { path: string; source: string }[];
	folder: string;
	signal: AbortSignal;
	onProgress?: (bytes: number, total: number) => void;
}

/**
 * Puts files in a folder on the host. Contents lie there once, by their hash, and are linked into place; only what is
 * missing or damaged is sent, and an interrupted transfer goes on where it was.
 */
export async function sendFiles(link: Link, options: SendOptions): Promise<SentFile[]> {
	const { workdir, files, folder, signal, onProgress } = options;
	const sent: (SentFile & { source: string })[] = [];
	for (const file of files) sent.push({ ...file, ...(await checksumFile(file.source, { signal })) });
	const objects = `${workdir}/objects`;
	const byHash = new Map(sent.map((file) => [file.sha256, file]));
	const told = await outputOf(link, `sh -c ${quote(MISSING)} missing ${quote(objects)}`, {
		input: linesOf([...byHash.keys()]),
		// It reads all of them to see that they are what they should be.
		timeoutMs: null,
		signal,
	});
	const missing = told
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => {
			const [hash = "", offset = "0"] = line.split(" ");
			const file = byHash.get(hash);
			if (file === undefined) throw new AssayError("host", `the host asks for ${line}, which nobody offered`);
			return { file, offset: Math.min(Number(offset), file.bytes) };
		});
	const total = missing.reduce((sum, { file, offset }) => sum + file.bytes - offset, 0);
	let done = 0;
	for (const { file, offset } of missing) {
		const content = async function* (): AsyncGenerator<Buffer> {
			for await (const chunk of createReadStream(file.source, { start: offset, highWaterMark: 1 << 18 })) {
				done += chunk.length;
				onProgress?.(done, total);
				yield chunk;
			}
		};
		const words = [objects, file.sha256, String(offset)].map(quote).join(" ");
		await outputOf(link, `sh -c ${quote(TAKE)} take ${words}`, { input: content(), timeoutMs: null, signal });
	}
	await outputOf(link, `sh -c ${quote(PLACE)} place ${quote(objects)} ${quote(folder)}`, {
		input: linesOf(sent.map(({ sha256, path }) => `${sha256} ${path}`)),
		signal,
	});
	return sent.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }));
}

function linesOf(lines: readonly string[]): Uint8Array[] {
	return [Buffer.from(lines.map((line) => `${line}\n`).join(""))];
}

/** Reads hashes, prints those whose content is not there, and how much of it is. */
const MISSING = `mkdir -p "$1" && cd "$1" || exit 1
while read -r h; do
	if [ -f "$h" ]; then
		[ "$(sha256sum <"$h" | cut -c1-64)" = "$h" ] && continue
		rm -f "$h"
	fi
	n=$(stat -c %s "$h.part" 2>/dev/null)
	echo "$h \${n:-0}"
done`;

/** Standard input goes on with a content, which counts only if it is what it should be. */
const TAKE = `cd "$1" || exit 1
p=$2.part
[ "$3" = 0 ] && : >"$p"
cat >>"$p" || { echo "no room left in $1" >&2; exit 1; }
[ "$(sha256sum <"$p" | cut -c1-64)" = "$2" ] || { rm -f "$p"; echo "what arrived is not what was sent; try again" >&2; exit 1; }
chmod 444 "$p" && mv "$p" "$2"`;

/** Reads a hash and a place a line. */
const PLACE = `mkdir -p "$2" && cd "$2" || exit 1
while read -r h p; do
	case $p in */*) mkdir -p "\${p%/*}" ;; esac
	ln -f "$1/$h" "$p" 2>/dev/null || cp "$1/$h" "$p" || exit 1
done`;
