import type { Frame } from "../screens/frame.js";

/** Brings frames to the terminal, or what is read aloud in their place. */
export interface Painter<Shown = Frame> {
	paint(shown: Shown): void;
	resize(columns: number, rows: number): void;
	/** What is on the screen is not known any more: the next frame is written whole. */
	invalidate(): void;
	/** The newest frame as lines of text. */
	dump(): string[];
	close(): void;
}
