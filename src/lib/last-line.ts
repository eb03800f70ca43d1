/** The last line of what a program said; "": it said nothing. */
export function lastLine(text: string): string {
	return text.trim().split("\n").at(-1) ?? "";
}
