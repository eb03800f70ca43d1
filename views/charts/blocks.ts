/** What a chart has to know of the terminal. Colours are dropped later, where they are not wanted. */
export interface ChartLook {
	/** Nothing but ASCII can be shown. */
	readonly ascii: boolean;
}

const ACROSS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const UP = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
/** By ink, as the blocks are by height. */
const ASCII_UP = [" ", ".", ":", "-", "=", "+", "*", "%", "#"] as const;
export const EIGHTHS = 8;

/** A bar of exactly `width` cells; what it does not fill is `empty`. Anything above 0 shows. */
export function bar(fraction: number, width: number, look: ChartLook, empty = " "): string {
	if (width <= 0) return "";
	const part = Number.isFinite(fraction) ? Math.max(0, Math.min(1, fraction)) : 0;
	const steps = look.ascii ? 1 : EIGHTHS;
	const filled = part === 0 ? 0 : Math.max(1, Math.floor(part * width * steps + 1e-9));
	const whole = Math.floor(filled / steps);
	const rest = look.ascii ? "" : (ACROSS[filled % EIGHTHS] ?? "");
	return (look.ascii ? "#" : "█").repeat(whole) + rest + empty.repeat(Math.max(0, width - whole - (rest ? 1 : 0)));
}

/** One cell filled from below by `eighths`, 0 to 8. */
export function column(eighths: number, look: ChartLook): string {
	const level = Math.max(0, Math.min(EIGHTHS, Math.round(eighths)));
	return (look.ascii ? ASCII_UP : UP)[level] ?? " ";
}
