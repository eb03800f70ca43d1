import { type Lexeme, lexemes, logicalLines, parameterNames } from "./lexemes.js";

/** The rules are in docs/world-model.md; `assay_trainer/world/tokens.py` follows the same ones, id for id. */
const PAD = 0;
const UNKNOWN = 5;
const SEPARATOR = 6;
const MARKS = ["<pad>", "<newline>", "<indent>", "<dedent>", "<entry>", "<unknown>", "<separator>"] as const;
const [, NEWLINE, INDENT, DEDENT, ENTRY] = MARKS;

/** What is known of the name that an id is part of; 0 is padding. */
const KIND = { plain: 1, unbound: 2, entry: 3, parameter: 4, text: 5 } as const;

export interface EncodedState {
	ids: number[];
	kinds: number[];
	/** Of each id, the line of the text that it came from, from 0. */
	lines: number[];
}

export interface StateText {
	code: string;
	entryPoint: string | null;
	/** Names that are read and that nothing binds. */
	unbound: readonly string[];
}

type Piece = readonly [text: string, kind: number, line: number];

const MOST_KNOWN_NAMES = 50_000;

export class WorldTokenizer {
	readonly #ids: ReadonlyMap<string, number>;
	readonly #longest: number;
	/** Of pieces that are in no list, which are asked for again and again. */
	readonly #made = new Map<string, readonly number[]>();

	constructor(pieces: readonly string[]) {
		this.#ids = new Map(pieces.map((piece, id) => [piece, id]));
		this.#longest = Math.max(...pieces.map((piece) => [...piece].length));
	}

	get size(): number {
		return this.#ids.size;
	}

	/** The first `most` ids of a program, without its comments and docstrings. */
	state(state: StateText, most: number): EncodedState {
		const encoded: EncodedState = { ids: [], kinds: [], lines: [] };
		for (const [piece, kind, line] of statePieces(state)) {
			for (const id of this.#of(piece)) {
				if (encoded.ids.length >= most) return encoded;
				encoded.ids.push(id);
				encoded.kinds.push(kind);
				encoded.lines.push(line);
			}
		}
		return encoded;
	}

	/** What was asked: the name that was asked for, then the text. */
	action(text: string, entryPoint: string | null, most: number): number[] {
		const ids: number[] = [];
		if (entryPoint !== null && entryPoint !== "") {
			for (const piece of textPieces(entryPoint)) ids.push(...this.#of(piece));
			ids.push(SEPARATOR);
		}
		for (const piece of textPieces(text)) {
			if (ids.length >= most) break;
			ids.push(...this.#of(piece));
		}
		return ids.slice(0, most);
	}

	#of(piece: string): readonly number[] {
		const known = this.#ids.get(piece);
		if (known !== undefined) return [known];
		const made = this.#made.get(piece);
		if (made !== undefined) return made;
		const ids = this.#make(piece);
		if (this.#made.size >= MOST_KNOWN_NAMES) this.#made.clear();
		this.#made.set(piece, ids);
		return ids;
	}

	/** Every letter is a piece, so that the longest beginning that is known leaves less and less. */
	#make(piece: string): number[] {
		if (!/^[a-z]/.test(piece)) return [UNKNOWN];
		const ids: number[] = [];
		for (let at = 0; at < piece.length; ) {
			let end = Math.min(piece.length, at + this.#longest);
			while (end > at + 1 && !this.#ids.has(piece.slice(at, end))) end--;
			ids.push(this.#ids.get(piece.slice(at, end)) ?? UNKNOWN);
			at = end;
		}
		return ids;
	}
}

export { PAD };

function* statePieces({ code, entryPoint, unbound }: StateText): Generator<Piece> {
	const unboundNames = new Set(unbound);
	const all = lexemes(code);
	const parameters = parameterNames(all);
	const kindOf = (name: string): number => {
		if (unboundNames.has(name)) return KIND.unbound;
		if (name === entryPoint) return KIND.entry;
		return parameters.has(name) ? KIND.parameter : KIND.plain;
	};
	const widths = [0];
	for (const line of logicalLines(all)) {
		if (line.every(({ kind }) => kind === "long" || kind === "short")) continue;
		const { width = 0, line: first = 0 } = line[0] ?? {};
		if (width > (widths.at(-1) ?? 0)) {
			widths.push(width);
			yield [INDENT, KIND.plain, first];
		}
		while (width < (widths.at(-1) ?? 0)) {
			widths.pop();
			yield [DEDENT, KIND.plain, first];
		}
		for (const lexeme of line) {
			if (lexeme.kind === "name") {
				const kind = kindOf(lexeme.text);
				const parts = lexeme.text === entryPoint ? [ENTRY] : nameParts(lexeme.text);
				for (const part of parts) yield [part, kind, lexeme.line];
			} else if (lexeme.kind === "long" || lexeme.kind === "short") yield* stringPieces(lexeme);
			else yield [lexeme.text, KIND.plain, lexeme.line];
		}
		yield [NEWLINE, KIND.plain, line.at(-1)?.line ?? 0];
	}
}

function* stringPieces({ text, line }: Lexeme): Generator<Piece> {
	yield ['"', KIND.text, line];
	for (const piece of textPieces(text.slice(Math.max(0, text.search(/["']/)))))
		if (piece !== '"' && piece !== "'") yield [piece, KIND.text, line];
}

const WORD = /([A-Za-z_][A-Za-z0-9_]*)|[ \t\r\n\f\v]+|([\s\S])/gu;

function* textPieces(text: string): Generator<string> {
	for (const [, name, mark] of text.matchAll(WORD)) {
		if (name !== undefined) yield* nameParts(name);
		else if (mark !== undefined) yield mark;
	}
}

const PART = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]/g;

function nameParts(name: string): string[] {
	return name.match(PART)?.map((part) => part.toLowerCase()) ?? ["_"];
}
