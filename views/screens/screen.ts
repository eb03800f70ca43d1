import type { SandboxInfo } from "../../src/domain/run.js";
import type { KeyTable } from "../keys/binding.js";
import type { Model } from "../model/model.js";
import type { ScreenId } from "../model/state.js";
import type { Sign } from "./glyphs.js";
import type { Area, PanePlace } from "./layout.js";
import type { PaneText } from "./pane-text.js";

/** One screen: everything that the frame, the keys, the help, the palette and the tabs need to know of it. */
export interface Screen {
	/** Its digit. */
	id: ScreenId;
	name: string;
	panes: Readonly<Record<string, Pane>>;
	/** Keys that work in all of its panes. */
	keys: KeyTable;
	/** Called when a key has led here. */
	opened?(model: Model): void;
	/** The pane that takes the keys; one of `panes`. */
	focus(model: Model): string;
	/** Where the panes are. A zoomed pane has all of the area, without this being asked. */
	layout(model: Model, area: Area): PanePlace[];
	/** What is open here, from the outside in. */
	crumbs(model: Model): string[];
	/** The dot at its tab: what goes on there; null when nothing does. */
	status?(model: Model): Pick<Sign, "glyph" | "word" | "paint"> | null;
	/** Rows below the header. */
	info?(model: Model, width: number): string[];
	/** The sandbox that what is shown was judged in, where that is known. */
	sandbox?(model: Model): SandboxInfo | null;
	/** What `/` filters. */
	filter?: ScreenFilter;
}

export interface Pane {
	draw(model: Model, width: number, height: number): PaneText;
	/** null: it only shows, and is never in focus. */
	keys: KeyTable | null;
	/** What the mouse does here, where it does anything. */
	mouse?: PaneMouse;
}

export interface PaneMouse {
	focus?(model: Model): void;
	/** Scrolls by so many rows, or moves the cursor where there is one. */
	wheel?(model: Model, rows: number): void;
	/** Selects what is there; true when that was selected already, which then is opened as Enter does. */
	select?(model: Model, at: PanePoint): boolean;
}

/** A place in a pane of this width, counted from 0 inside its border. */
export interface PanePoint {
	row: number;
	cell: number;
	width: number;
}

export interface ScreenFilter {
	/** Puts the rows that it filters in focus. */
	focus(model: Model): void;
	text(model: Model): string;
	/** Called at every key; the cursor stays on its row where that is still shown. */
	set(model: Model, text: string): void;
	/** Moves the cursor while the filter is typed. */
	move(model: Model, by: number): void;
	counts(model: Model): { shown: number; total: number };
	/** Offers the values that rows have, to narrow the list by. */
	pickFacet?(model: Model): void;
}
