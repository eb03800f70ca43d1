import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { openAppendFile } from "../artifacts/append-file.js";
import { checksumFile } from "../artifacts/checksum.js";
import { AssayError } from "../lib/errors.js";
import { lastLine } from "../lib/last-line.js";
import { repositoryPathFault } from "../lib/repository-path.js";
import { Slots } from "../lib/slots.js";
import { type Link, LinkLost, outputOf } from "./link.js";
import { quote } from "./quote.js";

export interface StoredFile {
	path: string;
	bytes: number;
	sha256: string;
}

/** Files below a folder there, with what is in them. */
export async function listFiles(link: Link, folder: string, signal: AbortSignal): Promise<StoredFile[]> {
	const told = await outputOf(
		link,
		`cd ${quote(folder)} && find . -type f -exec stat -c '%s' {} \\; -exec sha256sum {} \\;`,
		{
			timeoutMs: null,
			signal,
		},
	);
	const lines = told.split("\n").filter((line) => line !== "");
	return Array.from({ length: lines.length / 2 }, (_, i) => {
		const [size = "", named = ""] = lines.slice(2 * i, 2 * i + 2);
		const path = named.slice(66).replace(/^\.\//, "");
		const fault = repositoryPathFault(path);
		if (fault !== null) throw new AssayError("host", `${folder}: a path there ${fault}: ${path}`);
		return { path, bytes: Number(size), sha256: named.slice(0, 64) };
	});
}

/** At once, over one link. */
const AT_ONCE = 3;

/** Copies files into `target`, from where an earlier attempt stopped, and checks what has come. Throws `host` where it differs. */
export async function fetchFiles(
	link: Link,
	options: {
		folder: string;
		files: readonly StoredFile[];
		target: string;
		signal: AbortSignal;
		onProgress?: (bytes: number, total: number) => void;
	},
): Promise<void> {
	const { folder, files, target, signal, onProgress } = options;
	const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
	let done = 0;
	const slots = new Slots(AT_ONCE);
	const fetchOne = async ({ path, bytes, sha256 }: StoredFile): Promise<void> => {
		const local = join(target, path);
		mkdirSync(dirname(local), { recursive: true });
		const copy = openAppendFile(local);
		try {
			done += copy.length;
			if (copy.length < bytes) {
				const command = `tail -c +${copy.length + 1} ${quote(`${folder}/${path}`)}`;
				const onOutput = (chunk: Buffer): void => {
					copy.append(chunk);
					done += chunk.length;
					onProgress?.(done, total);
				};
				const { code, stderr } = await link.execute(command, { onOutput, timeoutMs: null, signal });
				if (code === null) throw new LinkLost(`${path} came only in part`, { isPassing: true });
				if (code !== 0)
					throw new AssayError("host", `${path}: ${lastLine(stderr)}`, { hint: "the same command goes on from here" });
			}
			copy.sync();
		} finally {
			copy.close();
		}
		const came = existsSync(local) ? await checksumFile(local, { signal }) : null;
		if (came?.sha256 === sha256) return;
		rmSync(local, { force: true });
		throw new AssayError("host", `${path}: what came is not what is there`, {
			hint: "the same command fetches it again",
		});
	};
	await Promise.all(files.map((file) => slots.use(signal, () => fetchOne(file))));
}
