/** How lines are looked for: part of a line, or with `isPattern` a regular expression. Capitals do not matter. */
export interface LogQuery {
	text: string;
	isPattern: boolean;
}

/** null for a text that is no regular expression (yet). */
export function logMatcher({ text, isPattern }: LogQuery): ((line: string) => boolean) | null {
	if (!isPattern) {
		const wanted = text.toLowerCase();
		return (line) => line.toLowerCase().includes(wanted);
	}
	try {
		const pattern = new RegExp(text, "iu");
		return (line) => pattern.test(line);
	} catch {
		return null;
	}
}
