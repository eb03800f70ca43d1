const ASCII: Readonly<Record<string, string>> = {
	"─": "-",
	"━": "=",
	"│": "|",
	"┃": "|",
	"╭": "+",
	"╮": "+",
	"╰": "+",
	"╯": "+",
	"┌": "+",
	"┐": "+",
	"└": "+",
	"┘": "+",
	"├": "+",
	"┤": "+",
	"┬": "+",
	"┴": "+",
	"┼": "+",
	"…": "~",
	"·": ".",
	"›": ">",
	"▸": ">",
	"●": "o",
	"◆": "*",
	"█": "#",
	"▓": "%",
	"▒": "=",
	"░": ":",
	"▏": "|",
	"→": ">",
	"←": "<",
	"↑": "^",
	"↓": "v",
	"–": "-",
	"“": '"',
	"”": '"',
	"’": "'",
	"−": "-",
	"≥": ">",
	"≤": "<",
	"✓": "+",
	"✗": "x",
	"×": "x",
};

/** What stands in a cell; the right half of a wide character shows that something is left out, too. */
export function asciiCell(char: string): string {
	return char === "" ? "?" : toAscii(char);
}

/** One character for terminals and locales without Unicode. */
function toAscii(char: string): string {
	if (char === "" || (char >= " " && char <= "~")) return char;
	return ASCII[char] ?? "?";
}
