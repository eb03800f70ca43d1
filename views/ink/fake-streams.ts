import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";

/** Mode switches that Ink sends beside its frames; the terminal's modes are not Ink's business here. */
const ONLY_MODES = /^(\x1b\[\??[0-9;>=]*[hlu])+$/;

/** What Ink takes for a terminal: it keeps the newest frame, and nothing reaches the real one. */
export class FakeTerminal extends EventEmitter {
	readonly isTTY = true;
	readonly writable = true;
	columns: number;
	rows: number;
	frame: readonly string[] = [];
	frames = 0;

	constructor(columns: number, rows: number) {
		super();
		this.columns = columns;
		this.rows = rows;
	}

	getColorDepth(): number {
		return 8;
	}

	hasColors(): boolean {
		return true;
	}

	resize(columns: number, rows: number): void {
		if (columns === this.columns && rows === this.rows) return;
		this.columns = columns;
		this.rows = rows;
		this.emit("resize");
	}

	write(text: string | Uint8Array, ...rest: unknown[]): boolean {
		if (typeof text === "string" && text !== "" && !ONLY_MODES.test(text)) {
			this.frame = text.split("\n");
			this.frames++;
		}
		const done = rest.find((value) => typeof value === "function");
		if (typeof done === "function") done();
		return true;
	}
}

/** A keyboard that is never pressed: keys are read and given out by our own table. */
export function createFakeKeyboard(): NodeJS.ReadStream {
	const keyboard = Object.assign(new PassThrough(), {
		isTTY: true,
		setRawMode: () => keyboard,
		ref: () => keyboard,
		unref: () => keyboard,
	});
	return keyboard as unknown as NodeJS.ReadStream;
}
