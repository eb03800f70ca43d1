import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** The first bytes of a text file, which may end within a line; "": there is none that can be read. */
export function startOfFile(path: string, most: number): string {
	return partOf(path, () => 0, most);
}

/** The last bytes of a text file, which may begin within a line; "": there is none that can be read. */
export function endOfFile(path: string, most: number): string {
	return partOf(path, (size) => Math.max(0, size - most), most);
}

function partOf(path: string, fromOf: (size: number) => number, most: number): string {
	let file: number;
	try {
		file = openSync(path, "r");
	} catch {
		return "";
	}
	try {
		const bytes = Buffer.alloc(most);
		const count = readSync(file, bytes, 0, most, fromOf(fstatSync(file).size));
		return bytes.toString("utf8", 0, count);
	} catch {
		return "";
	} finally {
		closeSync(file);
	}
}
