import { AssayError } from "../lib/errors.js";
import type { Link } from "./link.js";
import { quote } from "./quote.js";

/** More is not looked through for lines. */
const MOST_BYTES = 4 << 20;

/** The last whole lines of a text file on a host, and the place in it where they end. Nothing but them is sent. */
export async function endOfLog(
	link: Link,
	path: string,
	lines: number,
	signal: AbortSignal,
): Promise<{ lines: string[]; end: number }> {
	const command = `f=${quote(path)}
s=$(stat -c %s "$f") && echo "$s" || exit
n=$((s > ${MOST_BYTES} ? s - ${MOST_BYTES} : 0))
tail -c "+$((n + 1))" "$f" | head -c "$((s - n))" | tail -n ${lines + 1}`;
	const { stdout, stderr } = await link.execute(command, { signal });
	const from = stdout.indexOf("\n") + 1;
	if (from === 0) throw new AssayError("host", stderr.trim() || `${path}: nothing is told of it`);
	const size = Number(stdout.subarray(0, from).toString());
	// What comes behind the last line end is a line that goes on.
	const end = Math.max(from, stdout.lastIndexOf("\n") + 1);
	const text = stdout.subarray(from, end).toString("utf8");
	return { lines: text.split("\n").slice(0, -1).slice(-lines), end: size - (stdout.length - end) };
}
