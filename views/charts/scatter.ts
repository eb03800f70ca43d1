/** A place in a plane; y grows upwards. */
export interface PlanePlace {
	x: number;
	y: number;
}

/** The part of a plane that is drawn; what lies beyond stands at its edge. */
export interface PlaneFrame {
	left: number;
	right: number;
	bottom: number;
	top: number;
}

/** Of a crowd, so much at each end may lie beyond the frame: one far off must not press all others together. */
const BEYOND = 0.1;

/** A frame around `always`, and nearly all of `crowd`. */
export function frameAround(crowd: readonly PlanePlace[], always: readonly PlanePlace[]): PlaneFrame {
	const range = (of: (place: PlanePlace) => number): [number, number] => {
		const sorted = crowd.map(of).sort((a, b) => a - b);
		const cut = Math.floor(sorted.length * BEYOND);
		const ends = [...sorted.slice(cut, sorted.length - cut), ...always.map(of)];
		const low = ends.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
		const high = ends.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
		return high > low ? [low, high] : [low - 1, high + 1];
	};
	const [left, right] = range(({ x }) => x);
	const [bottom, top] = range(({ y }) => y);
	return { left, right, bottom, top };
}

/** The cell of a grid that a place is in, counted from the top left. */
export function cellAt(frame: PlaneFrame, { x, y }: PlanePlace, width: number, height: number): PlanePlace {
	const part = (value: number, low: number, high: number) =>
		Math.max(0, Math.min(1, Number.isFinite(value) ? (value - low) / (high - low) : 0.5));
	return {
		x: Math.round(part(x, frame.left, frame.right) * (width - 1)),
		y: Math.round((1 - part(y, frame.bottom, frame.top)) * (height - 1)),
	};
}

/** Steps across and down in which the neighbour in a direction is looked for: what is drawn has about as many. */
const GRID = { across: 64, down: 32 };

/** The nearest one on this side, straight ahead before sideways; null: there is none. Those at the same spot are passed over. */
export function neighbourTowards(
	frame: PlaneFrame,
	places: readonly PlanePlace[],
	from: number,
	{ x: dx, y: dy }: PlanePlace,
): number | null {
	const spots = places.map((place) => cellAt(frame, place, GRID.across, GRID.down));
	const here = spots[from];
	if (here === undefined) return null;
	let best: { at: number; cost: number } | null = null;
	for (const [at, spot] of spots.entries()) {
		// A cell is about twice as high as it is wide.
		const [right, down] = [spot.x - here.x, 2 * (spot.y - here.y)];
		const ahead = right * dx - down * dy;
		if (ahead <= 0) continue;
		const aside = Math.abs(right * dy) + Math.abs(down * dx);
		const cost = Math.hypot(ahead, aside) + (aside > ahead ? 2 * aside : 0);
		if (best === null || cost < best.cost) best = { at, cost };
	}
	return best?.at ?? null;
}
