/** A seeded generator of numbers from 0 to 1 (mulberry32). */
export function numbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

// Everything but what ends or stops the program: q, Q, Ctrl-C, Ctrl-Z, and y in a question whether to quit.
export const KEYS = [
	..."abcdefghijklmnoprstuvwxzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789/?:!`[]{}<>.,$^* +-_=",
	..."jkhljkhl",
	...["\r", "\r", "\r", "\t", "\x1b[Z", "\x7f", "\x04", "\x15", "\x0c", "\x10"],
	...["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x1b[19~"],
	...[
		"\x1b[<0;3;4M",
		"\x1b[M !!",
		"\x1b]11;rgb:0/0/0\x07",
		"\x1b[200~pasted\ntext\x1b[201~",
		"漢",
		"\u0000",
		"\x1b[99;9~",
	],
];
