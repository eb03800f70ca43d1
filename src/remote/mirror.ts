import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { checksumFile } from "../artifacts/checksum.js";
import { MIRRORED, MIRRORED_FILES, type MirroredFile } from "../domain/mirrored-files.js";
import type { MirrorBreak } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";
import { type Link, outputOf } from "./link.js";
import { type MirrorCopy, openMirrorCopy } from "./mirror-copy.js";
import { quote } from "./quote.js";
import type { FileReader } from "./watch-run.js";

export type MirrorNews =
	| { kind: "appended"; file: MirroredFile; offset: number; bytes: number }
	| ({ kind: "restarted"; file: MirroredFile } & MirrorBreak);

export interface Proof {
	file: MirroredFile;
	bytes: number;
	sha256: string;
	isEqual: boolean;
	/** Files here with what was there before it was cut or replaced: of that the host can prove nothing any more. */
	aside: string[];
}

/** Copies of files that grow on a host, byte for byte. The length of a copy is all that is known of how far it is. */
export interface Mirror {
	/** Takes what the host tells of them, by their names there. */
	reader: FileReader;
	/** Whether all that is there is here; `files`: bytes there, by their names there. */
	isComplete(files: ReadonlyMap<string, number>): boolean;
	/** Compares with what the files on the host are now; those that differ begin anew. */
	prove(link: Link, folder: string, signal: AbortSignal): Promise<Proof[]>;
	close(): void;
}

const NAMES = MIRRORED_FILES;
/** The log last: figures do not wait for megabytes of text. */
const ASKED = NAMES.toSorted((a, b) => Number(a === "log") - Number(b === "log"));

export function openMirror(local: string, onNews: (news: MirrorNews) => void): Mirror {
	const pathOf = (file: MirroredFile) => join(local, MIRRORED[file].local);
	const open = new Map<MirroredFile, MirrorCopy>();
	const inodes = new Map<MirroredFile, string>();
	const closeCopy = (file: MirroredFile): void => {
		open.get(file)?.close();
		open.delete(file);
	};
	const copyOf = (file: MirroredFile): MirrorCopy => {
		const copy = open.get(file) ?? openMirrorCopy(pathOf(file));
		open.set(file, copy);
		return copy;
	};
	const asideOf = (file: MirroredFile): string[] => {
		const aside: string[] = [];
		while (existsSync(`${pathOf(file)}.${aside.length + 1}`)) aside.push(`${pathOf(file)}.${aside.length + 1}`);
		return aside;
	};
	/** Never splices: what was mirrored of a file that is gone stays as it was. */
	const restart = (file: MirroredFile, why: MirrorBreak["why"], there: number): void => {
		const { length: came } = copyOf(file);
		const isOurs = copyOf(file).isInPlace();
		closeCopy(file);
		// Another program that mirrors it, too, was first.
		if (!isOurs) return;
		const aside = `${pathOf(file)}.${asideOf(file).length + 1}`;
		renameSync(pathOf(file), aside);
		onNews({ kind: "restarted", file, why, came, there, aside });
	};
	/** Places up to which the host is asked; what comes goes there, wherever another program is by now. */
	const asked = new Map<MirroredFile, number>();
	/** Where what is coming does not go on from what is here; it is asked for again. */
	let refused: MirroredFile | null = null;
	return {
		reader: {
			known() {
				for (const file of NAMES) {
					if (!copyOf(file).isInPlace()) closeCopy(file);
					asked.set(file, copyOf(file).length);
				}
				return new Map(ASKED.map((file) => [MIRRORED[file].remote, asked.get(file) ?? 0]));
			},
			stands(name, { bytes, inode, overlap }) {
				const file = fileCalled(name);
				const known = asked.get(file) ?? 0;
				const isReplaced = known > 0 && inodes.has(file) && inodes.get(file) !== inode;
				inodes.set(file, inode);
				const isCut = bytes < known || !copyOf(file).holds(overlap, known);
				refused = isReplaced || isCut ? file : null;
				if (refused !== null) restart(file, isReplaced ? "replaced" : "cut", bytes);
			},
			reads(name, news) {
				const file = fileCalled(name);
				if (file === refused) return;
				const offset = asked.get(file) ?? 0;
				copyOf(file).write(news, offset);
				asked.set(file, offset + news.length);
				onNews({ kind: "appended", file, offset, bytes: news.length });
			},
			misses: (name) => restart(fileCalled(name), "removed", 0),
		},
		isComplete: (files) => NAMES.every((file) => (files.get(MIRRORED[file].remote) ?? 0) === copyOf(file).length),
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
				const isEqual = sha256 === there;
				if (!isEqual) restart(file, "differs", bytes);
				proofs.push({ file, bytes, sha256, isEqual, aside: asideOf(file) });
			}
			return proofs;
		},
		close() {
			for (const file of NAMES) closeCopy(file);
		},
	};
}

function fileCalled(name: string): MirroredFile {
	const file = NAMES.find((one) => MIRRORED[one].remote === name);
	if (file === undefined) throw new AssayError("host", `the host tells of ${name}, which nobody asked for`);
	return file;
}
