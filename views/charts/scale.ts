/** A span of finite values; `min` is below `max`. */
export interface Range {
	min: number;
	max: number;
}

/**
 * The span of two ends, made wide enough to draw: equal ends get room on both sides. On a log scale the ends are above
 * 0. null unless both are finite.
 */
export function spanOf(min: number, max: number, log = false): Range | null {
	if (!Number.isFinite(min) || !Number.isFinite(max) || min > max || (log && min <= 0)) return null;
	if (min < max) return { min, max };
	if (log) return { min: min / 2 || min, max: max * 2 < Number.MAX_VALUE ? max * 2 : max };
	const room = min === 0 ? 1 : Math.abs(min) / 2;
	return { min: min - room, max: max + room };
}

/** Where a value lies: 0 at `min`, 1 at `max`, cut off outside. */
export function fractionOf({ min, max }: Range, value: number, log = false): number {
	const fraction = log
		? Math.log(value / min) / Math.log(max / min)
		: // Halves, so that the distance of the largest numbers stays finite.
			(value / 2 - min / 2) / (max / 2 - min / 2);
	return Number.isNaN(fraction) ? 0 : Math.max(0, Math.min(1, fraction));
}

/** Of those that are tried for the sake of a second one. */
const MOST_TICKS = 16;

/**
 * Round values inside the range, about `count` at most, ascending: steps of 1, 2 or 5 times a power of ten. Two at least,
 * where they are numbers that can be told apart: one alone gives no scale.
 */
export function niceTicks({ min, max }: Range, count: number): number[] {
	const wanted = Math.max(1, Math.floor(count));
	const rough = (max - min) / wanted;
	if (!Number.isFinite(rough) || rough <= 0) return [min, max];
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
	const first = Math.ceil(min / step - 1e-9);
	const last = Math.floor(max / step + 1e-9);
	if (!Number.isFinite(first) || last - first > 4 * wanted + 4) return [min, max];
	if (last <= first && wanted < MOST_TICKS) return niceTicks({ min, max }, 2 * wanted);
	// Whole numbers of steps: sums of steps would drift.
	return Array.from({ length: last - first + 1 }, (_, i) => cleanTick((first + i) * step, step));
}

/** Powers of ten inside the range, thinned to about `count`; 2 and 5 times them where there are few. */
export function logTicks({ min, max }: Range, count: number): number[] {
	const wanted = Math.max(1, Math.floor(count));
	const low = Math.floor(Math.log10(min));
	const high = Math.ceil(Math.log10(max));
	const every = Math.max(1, Math.ceil((high - low) / wanted));
	const factors = (high - low) * 3 <= wanted * 2 ? [1, 2, 5] : [1];
	const ticks: number[] = [];
	for (let power = low; power <= high; power += every) {
		for (const factor of factors) {
			const tick = Number(`${factor}e${power}`);
			if (tick >= min * 0.999 && tick <= max * 1.001) ticks.push(tick);
		}
	}
	return ticks.length > 0 ? ticks : [min, max];
}

function cleanTick(value: number, step: number): number {
	const decimals = Math.max(0, Math.min(20, 1 - Math.floor(Math.log10(step))));
	return step < 1 ? Number(value.toFixed(decimals)) : value;
}

const UNITS = [
	[1e12, "T"],
	[1e9, "G"],
	[1e6, "M"],
	[1e3, "k"],
] as const;

/** A short number: at most four digits that matter, thousands as k, M, G, T. */
export function formatTick(value: number): string {
	const size = Math.abs(value);
	if (size === 0) return "0";
	if (!Number.isFinite(value) || size < 1e-4 || size >= 1e15) return value.toExponential(1).replace("e+", "e");
	const unit = size >= 10_000 ? UNITS.find(([from]) => size >= from) : undefined;
	const scaled = unit ? value / unit[0] : value;
	return `${Number(scaled.toPrecision(4))}${unit?.[1] ?? ""}`;
}
