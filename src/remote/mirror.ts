import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type AppendFile, openAppendFile } from "../artifacts/append-file.js";
import { checksumFile } from "../artifacts/checksum.js";
import { MIRRORED, type MirroredFile } from "../domain/remote-run.js";
import { type Link, outputOf } from "./link.js";
import { quote } from "./quote.js";
import type { FileStanding } from "./watch-run.js";

export type MirrorNews =
	| { kind: "appended"; file: MirroredFile; offset: number; bytes: number }
	| { kind: "restarted"; file: MirroredFile; aside: string };

export interface Proof {
	file: MirroredFile;
	bytes: number;
	sha256: string;
	isEqual: boolean;
}

/** Copies of files that grow on a host, byte for byte. The length of a copy is all that is known of how far it is. */
export interface Mirror {
	/** By the names on the host. */
	known(): ReadonlyMap<string, number>;
	take(files: ReadonlyMap<string, FileStanding>): MirrorNews[];
	/** Whether all that is there is here. */
	isComplete(files: ReadonlyMap<string, FileStanding>): boolean;
	/** Compares with what the files on the host are now; those that differ begin anew. */
	prove(link: Link, folder: string, signal: AbortSignal): Promise<Proof[]>;
	close(): void;
}

const NAMES = Object.keys(MIRRORED) as MirroredFile[];

export function openMirror(local: string): Mirror {
	const pathOf = (file: MirroredFile) => join(local, MIRRORED[file].local);
	const open = new Map<MirroredFile, AppendFile>();
	const inodes = new Map<MirroredFile, string>();
	const copyOf = (file: MirroredFile): AppendFile => {
		const copy = open.get(file) ?? openAppendFile(pathOf(file));
		open.set(file, copy);
		return copy;
	};
	/** Never splices: what was mirrored of a file that is gone stays as it was. */
	const restart = (file: MirroredFile): MirrorNews => {
		open.get(file)?.close();
		open.delete(file);
		let number = 1;
		while (existsSync(`${pathOf(file)}.${number}`)) number++;
		const aside = `${pathOf(file)}.${number}`;
		if (existsSync(pathOf(file))) renameSync(pathOf(file), aside);
		return { kind: "restarted", file, aside };
	};
	return {
		known: () => new Map(NAMES.map((file) => [MIRRORED[file].remote, copyOf(file).length])),
		take(files) {
			const news: MirrorNews[] = [];
			for (const file of NAMES) {
				const standing = files.get(MIRRORED[file].remote);
				if (standing === undefined) continue;
				const isReplaced = inodes.has(file) && inodes.get(file) !== standing.inode;
				inodes.set(file, standing.inode);
				if (isReplaced || standing.bytes < copyOf(file).length) news.push(restart(file));
				else if (standing.news.length > 0) {
					const offset = copyOf(file).append(standing.news);
					news.push({ kind: "appended", file, offset, bytes: standing.news.length });
				}
			}
			return news;
		},
		isComplete: (files) =>
			NAMES.every((file) => (files.get(MIRRORED[file].remote)?.bytes ?? 0) === copyOf(file).length),
		async prove(link, folder, signal) {
			const names = NAMES.map((file) => quote(MIRRORED[file].remote)).join(" ");
			const command = `cd ${quote(folder)} && for f in ${names}; do [ -e "$f" ] && sha256sum "$f"; done; :`;
			const told = await outputOf(link, command, { timeoutMs: null, signal });
			const hashes = new Map(told.split("\n").map((line) => [line.slice(66), line.slice(0, 64)]));
			const proofs: Proof[] = [];
			for (const file of NAMES) {
				const there = hashes.get(MIRRORED[file].remote);
				if (there === undefined) continue;
				copyOf(file).sync();
				const { bytes, sha256 } = await checksumFile(pathOf(file), { signal });
				proofs.push({ file, bytes, sha256, isEqual: sha256 === there });
				if (sha256 !== there) restart(file);
			}
			return proofs;
		},
		close() {
			for (const copy of open.values()) copy.close();
		},
	};
}
