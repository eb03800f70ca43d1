/** Small numbers for texts of which there are few. Numbers are given out once and never change. */
export interface TextCodes {
	readonly texts: readonly string[];
	codeOf(text: string): number;
	textOf(code: number): string;
}

/** The empty text has the number 0. */
export function createTextCodes(): TextCodes {
	const texts = [""];
	const codes = new Map([["", 0]]);
	return {
		texts,
		codeOf(text) {
			const known = codes.get(text);
			if (known !== undefined) return known;
			codes.set(text, texts.length);
			return texts.push(text) - 1;
		},
		textOf: (code) => texts[code] ?? "",
	};
}
