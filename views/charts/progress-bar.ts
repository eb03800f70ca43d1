import { cellWidth, toCells } from "../text/cells.js";
import { formatClock, formatCount, formatRate } from "../text/format.js";
import { cyan } from "../text/style.js";
import { bar, type ChartLook } from "./blocks.js";

export interface Progress {
	done: number;
	/** null: nobody knows how much there is, so there is no bar. */
	total: number | null;
	perSecond: number | null;
	etaMs: number | null;
}

const MIN_BAR = 6;

/** One row: bar, share, counts, rate and time left; the last ones go first where it is narrow. */
export function progressBar(progress: Progress, width: number, look: ChartLook): string {
	if (width <= 0) return "";
	const { done, total, perSecond, etaMs } = progress;
	const isKnown = total !== null && Number.isFinite(total) && total > 0 && Number.isFinite(done);
	const share = isKnown ? Math.max(0, Math.min(1, done / total)) : 0;
	const texts = [
		// Never 100 % before it is all done.
		...(isKnown ? [`${String(Math.floor(share * 100)).padStart(3)} %`] : []),
		`${formatCount(done)}${isKnown ? `/${formatCount(total)}` : ""}`,
		...(perSecond !== null && Number.isFinite(perSecond) ? [formatRate(perSecond)] : []),
		...(etaMs !== null && Number.isFinite(etaMs) ? [`ETA ${formatClock(etaMs)}`] : []),
	];
	const least = isKnown ? MIN_BAR : 0;
	const cells = () => texts.reduce((sum, text) => sum + 2 + cellWidth(text), 0);
	while (texts.length > 0 && cells() + least > width) texts.pop();
	const tail = texts.map((text) => `  ${text}`).join("");
	const room = width - cellWidth(tail);
	return isKnown ? cyan(bar(share, room, look, look.ascii ? "." : "·")) + tail : toCells(tail.trimStart(), width);
}
