/** What the mouse did, and on which cell, counted from 0. */
export interface MousePress {
	kind: "mouse";
	action: "click" | "wheel-up" | "wheel-down";
	x: number;
	y: number;
}

/** How every report in the SGR form (1006) begins. */
export const MOUSE_START = "\x1b[<";

const REPORT = /^\x1b\[<(\d{1,3});(\d{1,5});(\d{1,5})M$/;
/** Shift, Alt and Ctrl, in the number of the button. */
const MODIFIERS = 4 | 8 | 16;
const LEFT = 0;
const WHEEL_UP = 64;
const WHEEL_DOWN = 65;

/** null: a release, a drag, another button, or no report at all. */
export function readMouse(sequence: string): MousePress | null {
	const [, button, column, row] = REPORT.exec(sequence) ?? [];
	const x = Number(column) - 1;
	const y = Number(row) - 1;
	// Not a number where the report is none.
	if (!(x >= 0 && y >= 0)) return null;
	const action = ACTIONS.get(Number(button) & ~MODIFIERS);
	return action === undefined ? null : { kind: "mouse", action, x, y };
}

const ACTIONS: ReadonlyMap<number, MousePress["action"]> = new Map([
	[LEFT, "click"],
	[WHEEL_UP, "wheel-up"],
	[WHEEL_DOWN, "wheel-down"],
]);
