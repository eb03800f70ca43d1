import type { Frame } from "../screens/frame.js";

/** Brings frames to the terminal. */
export interface Painter {
	paint(frame: Frame): void;
	resize(columns: number, rows: number): void;
	/** What is on the screen is not known any more: the next frame is written whole. */
	invalidate(): void;
	/** The newest frame as lines of text. */
	dump(): string[];
	close(): void;
}
