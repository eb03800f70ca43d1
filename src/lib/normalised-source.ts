/** Without differences that no Python program can see: a byte-order mark, line ends, white space at the very end. */
export function normalisedSource(code: string): string {
	return `${code
		.replace(/^\uFEFF/, "")
		.replace(/\r\n?/g, "\n")
		.trimEnd()}\n`;
}
