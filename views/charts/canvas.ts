import { type Paint, plain } from "../text/style.js";
import type { ChartLook } from "./blocks.js";

/** Dots that become cells: 2x4 braille dots a cell, or one letter a cell where there is no Unicode. */
export interface Canvas {
	/** Dots across and down. */
	readonly across: number;
	readonly down: number;
	/** Lines differ by their letter, so they need no pattern. */
	readonly hasLetters: boolean;
	/** y counts from the top. Where two lines meet, the cell belongs to the one drawn last. */
	dot(x: number, y: number, line: number): void;
	/** One row of cells; `behind` stands where nothing was drawn. */
	row(y: number, paints: readonly Paint[], behind: (x: number) => string): string;
}

/** By place in the cell: row, then left and right. */
const DOTS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80] as const;
const BRAILLE = 0x2800;
const LETTERS = ["*", "o", "x", "+"] as const;

export function createCanvas(width: number, height: number, look: ChartLook): Canvas {
	const dotsAcross = look.ascii ? 1 : 2;
	const dotsDown = look.ascii ? 1 : 4;
	const bits = new Uint8Array(width * height);
	const owner = new Int16Array(width * height).fill(-1);
	return {
		across: width * dotsAcross,
		down: height * dotsDown,
		hasLetters: look.ascii,
		dot(x, y, line) {
			const cellX = Math.floor(x / dotsAcross);
			const cellY = Math.floor(y / dotsDown);
			if (cellX < 0 || cellX >= width || cellY < 0 || cellY >= height) return;
			const cell = cellY * width + cellX;
			bits[cell] = (bits[cell] ?? 0) | (DOTS[(y % dotsDown) * 2 + (x % dotsAcross)] ?? 0);
			owner[cell] = line;
		},
		row(y, paints, behind) {
			let out = "";
			let piece = "";
			let pieceOf = -1;
			const flush = () => {
				out += pieceOf < 0 ? piece : (paints[pieceOf] ?? plain)(piece);
				piece = "";
			};
			for (let x = 0; x < width; x++) {
				const line = owner[y * width + x] ?? -1;
				if (line !== pieceOf) flush();
				pieceOf = line;
				if (line < 0) piece += behind(x);
				else piece += look.ascii ? letterOf(line) : String.fromCharCode(BRAILLE + (bits[y * width + x] ?? 0));
			}
			flush();
			return out;
		},
	};
}

/** How a line is drawn where there are no dots. */
export function letterOf(line: number): string {
	return LETTERS[line % LETTERS.length] ?? "*";
}

/** Whether a line's pattern has a dot here: lines differ without colours. The first one is solid. */
function hasDot(line: number, x: number, y: number): boolean {
	switch (line % 4) {
		case 0:
			return true;
		case 1:
			return (x + y) % 2 === 0;
		case 2:
			return (x + y) % 6 < 4;
		default:
			return (x + y) % 4 === 0;
	}
}

/** A straight line between two dots, both included, in the pattern of its line. */
export function drawLine(
	canvas: Canvas,
	from: { x: number; y: number },
	to: { x: number; y: number },
	line: number,
): void {
	const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
	for (let i = 0; i <= steps; i++) {
		const part = steps === 0 ? 0 : i / steps;
		const x = Math.round(from.x + (to.x - from.x) * part);
		const y = Math.round(from.y + (to.y - from.y) * part);
		if (steps === 0 || canvas.hasLetters || hasDot(line, x, y)) canvas.dot(x, y, line);
	}
}
