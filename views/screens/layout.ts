export interface Area {
	x: number;
	y: number;
	width: number;
	height: number;
}

export interface PanePlace extends Area {
	id: string;
}

/** Where a pane is. Without a border its first row is its title. */
export interface PaneBox extends PanePlace {
	bordered: boolean;
}

export const MIN_COLUMNS = 60;
export const MIN_ROWS = 15;
const TWO_PANES = 100;
const THREE_PANES = 160;
const STRIP_FROM_ROWS = 30;
const TALL_STRIP_FROM_ROWS = 50;

/** One pane below 100 columns, two from 100, three from 160. */
export const hasTwoPanes = (columns: number) => columns >= TWO_PANES;
export const hasThreePanes = (columns: number) => columns >= THREE_PANES;

export function isTooSmall(columns: number, rows: number): boolean {
	return columns < MIN_COLUMNS || rows < MIN_ROWS;
}

export interface LayoutInput {
	columns: number;
	rows: number;
	/** Rows below the header. */
	infoRows: number;
	/** Rows above the hints. */
	noticeRows: number;
	/** The pane that has everything; null when none is zoomed. */
	zoomed: string | null;
	stripShown: boolean;
	place(area: Area): PanePlace[];
}

/** Header, rows of facts, the panes of the screen, the strip of messages, a notice, and the line of hints. */
export function layoutOf({ columns, rows, infoRows, noticeRows, zoomed, stripShown, place }: LayoutInput): PaneBox[] {
	const top = 1 + infoRows;
	const hasStrip = stripShown && rows >= STRIP_FROM_ROWS && zoomed === null;
	const stripRows = hasStrip ? (rows >= TALL_STRIP_FROM_ROWS ? 8 : 5) : 0;
	const area = { x: 0, y: top, width: columns, height: rows - top - 1 - noticeRows - stripRows };
	const panes = zoomed === null ? place(area) : [{ id: zoomed, ...area }];
	if (hasStrip) panes.push({ id: STRIP, x: 0, y: area.y + area.height, width: columns, height: stripRows });
	return panes.map((pane) => ({ ...pane, bordered: hasTwoPanes(columns) }));
}

/** The pane of messages, which every screen has. */
export const STRIP = "strip";

/** Rows of a pane that are not its own to fill, on a screen as wide as this. */
export const frameRows = (columns: number) => (hasTwoPanes(columns) ? 2 : 1);

export function splitAcross(area: Area, shares: [number]): [Area, Area];
export function splitAcross(area: Area, shares: [number, number]): [Area, Area, Area];
export function splitAcross(area: Area, shares: number[]): Area[] {
	const out: Area[] = [];
	let x = area.x;
	for (const share of shares) {
		const width = Math.floor(area.width * share);
		out.push({ ...area, x, width });
		x += width;
	}
	return [...out, { ...area, x, width: area.x + area.width - x }];
}

/** The cells of a pane that are its own to fill. */
export function innerOf(box: PaneBox): Area {
	return box.bordered
		? { x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2 }
		: { x: box.x, y: box.y + 1, width: box.width, height: box.height - 1 };
}
