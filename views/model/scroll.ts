interface Place {
	top: number;
	height: number;
	count: number;
	/** Cells of long lines that are left out at the left, and the most that makes sense. */
	left: number;
	mostLeft: number;
}

/** Cells that long lines move sideways at a key. */
export const SIDE_CELLS = 16;

/**
 * Where each pane is scrolled to. Panes report their size when they are drawn, so that a key that comes next can be
 * kept within the text.
 */
export interface ScrollMemory {
	/** The first row to draw, with the selected row in view. */
	follow(pane: string, selected: number, height: number, count: number): number;
	/** The first row to draw of a text without a selected row. */
	top(pane: string, height: number, count: number): number;
	move(pane: string, rows: number): void;
	jump(pane: string, top: number): void;
	page(pane: string): number;
	/** Moves long lines sideways. */
	pan(pane: string, cells: number): void;
	/** How far the longest line goes on beyond the pane. */
	limitLeft(pane: string, cells: number): void;
	reset(pane: string): void;
	/** Rows above, and whether there are more below. */
	place(pane: string): Readonly<Place>;
}

export function createScrollMemory(): ScrollMemory {
	const places = new Map<string, Place>();
	const placeOf = (pane: string) => {
		const place = places.get(pane) ?? { top: 0, height: 1, count: 0, left: 0, mostLeft: 0 };
		places.set(pane, place);
		return place;
	};
	const clamp = (place: Place) => {
		place.top = Math.max(0, Math.min(place.top, place.count - place.height));
		return place.top;
	};
	return {
		follow(pane, selected, height, count) {
			const place = Object.assign(placeOf(pane), { height, count });
			if (selected < place.top) place.top = selected;
			if (selected >= place.top + height) place.top = selected - height + 1;
			return clamp(place);
		},
		top: (pane, height, count) => clamp(Object.assign(placeOf(pane), { height, count })),
		move(pane, rows) {
			const place = placeOf(pane);
			place.top += rows;
			clamp(place);
		},
		jump(pane, top) {
			const place = placeOf(pane);
			place.top = top;
			// Nothing is known of a text that has not been drawn.
			if (place.count > 0) clamp(place);
		},
		pan(pane, cells) {
			const place = placeOf(pane);
			place.left = Math.max(0, Math.min(place.left + cells, place.mostLeft));
		},
		limitLeft(pane, cells) {
			placeOf(pane).mostLeft = cells;
		},
		page: (pane) => Math.max(1, placeOf(pane).height - 1),
		reset: (pane) => void places.delete(pane),
		place: placeOf,
	};
}
