/** What a pane shows: rows exactly as wide as the pane, at most as many as it is high. */
export interface PaneText {
	title: string;
	rows: string[];
}

/** Where a text is longer than its pane: "1-20 of 96". */
export function positionText(top: number, height: number, count: number): string {
	return count <= height ? "" : `${top + 1}-${Math.min(top + height, count)} of ${count}`;
}
