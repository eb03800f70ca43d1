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
	"…": "~",
	"·": ".",
	"›": ">",
	"▸": ">",
	"●": "o",
	"█": "#",
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
};

/** One character for terminals and locales without Unicode. */
export function toAscii(char: string): string {
	if (char === "" || (char >= " " && char <= "~")) return char;
	return ASCII[char] ?? "?";
}
