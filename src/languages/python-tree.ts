import type { Tree } from "@lezer/common";
import { parser } from "@lezer/python";

/** Never fails: what is no Python is an error node. */
export function parsePython(code: string): Tree {
	return parser.parse(code);
}
