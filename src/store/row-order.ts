import { radixSort } from "./radix-sort.js";
import { type FilterTerm, narrows, parseFilter } from "./row-filter.js";
import { runInSlices, type Turns } from "./slices.js";

/** Rows that can be filtered and sorted. */
export interface RowSource<Sort extends string> {
	/** Grows when there are more rows, or other values in them. */
	readonly version: number;
	/** The rows in question, in their own order; null: all from 0 to `count`. */
	readonly rows: ArrayLike<number> | null;
	readonly count: number;
	/** A test for one word of a filter, without its negation. Made once for many rows. */
	matcher(term: FilterTerm): (row: number) => boolean;
	/** One unsigned number a row to sort by. null: the rows' own order. */
	keys(sort: Sort): Generator<void, Uint32Array> | null;
}

/** Which rows are shown, and in which order: one index of numbers over the rows, however many. */
export interface RowOrder<Sort extends string> {
	readonly count: number;
	readonly filter: string;
	readonly sort: Sort;
	readonly reversed: boolean;
	/** What is shown is not all of it yet. */
	readonly isPartial: boolean;
	/** -1 outside of what is shown. */
	rowAt(position: number): number;
	positionOf(row: number): number;
	setFilter(filter: string): void;
	setSort(sort: Sort, reversed: boolean): void;
	/** To be called when rows may have come or changed; costs nothing when they have not. */
	refresh(): void;
	/** The rows are others now: nothing of what is shown holds any more. */
	restart(): void;
}

export interface RowOrderOptions<Sort extends string> {
	source: RowSource<Sort>;
	sort: Sort;
	turns: Turns;
	/** More was found, or all of it, after the call that asked for it had returned. */
	changed(): void;
}

/** Rows between two looks at the clock. */
const STEP = 4096;
/** Orders that take more than one slice are made again at most this often while rows keep changing. */
const REFRESH_MS = 250;

/** A result that a narrower filter can start from. */
interface Found {
	rows: Uint32Array;
	terms: readonly FilterTerm[];
	version: number;
}

export function createRowOrder<Sort extends string>(options: RowOrderOptions<Sort>): RowOrder<Sort> {
	const { source, turns, changed } = options;
	let { sort } = options;
	let reversed = false;
	let filter = "";
	let terms: FilterTerm[] = [];
	/** null: the source's own rows and order. */
	let shown: Uint32Array | null = null;
	let count = 0;
	let isPartial = false;
	let sorted: { rows: Uint32Array; version: number } | null = null;
	let found: Found | null = null;
	let builtVersion = -1;
	let builtAt = Number.NEGATIVE_INFINITY;
	let tookTurns = false;
	let isWorking = false;
	let stop: () => void = () => {};
	let stopWaiting: (() => void) | null = null;

	const baseCount = () => source.rows?.length ?? source.count;
	const isPlain = () => terms.length === 0 && !reversed && source.keys(sort) === null;

	function* inOrder(): Generator<void, Uint32Array> {
		const { version, rows, count: all } = source;
		if (sorted?.version === version) return sorted.rows;
		const base = rows === null ? Uint32Array.from({ length: all }, (_, i) => i) : known(rows);
		yield;
		const making = source.keys(sort);
		const made = making === null ? base : yield* radixSort(base, yield* making);
		sorted = { rows: made, version };
		return made;
	}

	/** Fills `shown` as it goes, so that the first rows can be seen before the last are looked at. */
	function* build(): Generator<void, void> {
		const { version } = source;
		const narrow = found && found.version === version && narrows(found.terms, terms) ? found.rows : null;
		const from = narrow ?? (yield* inOrder());
		const tests = terms.map((term) => ({ wanted: !term.isNegated, has: source.matcher(term) }));
		yield;
		const out = new Uint32Array(from.length);
		const backwards = reversed && narrow === null;
		let taken = 0;
		for (let i = 0; i < from.length; i++) {
			const row = from[backwards ? from.length - 1 - i : i] as number;
			let accepted = true;
			for (let t = 0; accepted && t < tests.length; t++) {
				const test = tests[t];
				accepted = test === undefined || test.has(row) === test.wanted;
			}
			if (accepted) out[taken++] = row;
			if (i % STEP === STEP - 1) {
				if (taken > 0) publish(out, taken, true);
				yield;
			}
		}
		publish(out, taken, false);
		found = { rows: out.subarray(0, taken), terms, version };
	}

	function publish(rows: Uint32Array | null, length: number, partial: boolean): void {
		shown = rows;
		count = length;
		isPartial = partial;
	}

	function start(): void {
		stop();
		stopWaiting?.();
		stopWaiting = null;
		builtVersion = source.version;
		tookTurns = false;
		if (isPlain()) {
			isWorking = false;
			publish(null, baseCount(), false);
			found = null;
			return;
		}
		isWorking = true;
		stop = runInSlices({
			work: build(),
			turns,
			onSlice() {
				if (tookTurns) changed();
				tookTurns = true;
			},
			onDone() {
				isWorking = false;
				builtAt = turns.now();
				if (tookTurns) changed();
			},
		});
	}

	return {
		get count() {
			return shown === null ? baseCount() : count;
		},
		get filter() {
			return filter;
		},
		get sort() {
			return sort;
		},
		get reversed() {
			return reversed;
		},
		get isPartial() {
			return isPartial || isWorking;
		},
		rowAt(position) {
			if (position < 0 || position >= (shown === null ? baseCount() : count)) return -1;
			if (shown !== null) return shown[position] ?? -1;
			return source.rows === null ? position : (source.rows[position] ?? -1);
		},
		positionOf(row) {
			if (row < 0) return -1;
			if (shown !== null) return shown.subarray(0, count).indexOf(row);
			if (source.rows === null) return row < source.count ? row : -1;
			return Array.prototype.indexOf.call(source.rows, row);
		},
		setFilter(next) {
			if (next === filter) return;
			filter = next;
			terms = parseFilter(next);
			start();
		},
		setSort(next, nextReversed) {
			if (next === sort && nextReversed === reversed) return;
			if (next !== sort) sorted = null;
			sort = next;
			reversed = nextReversed;
			found = null;
			start();
		},
		restart() {
			sorted = null;
			found = null;
			publish(new Uint32Array(), 0, true);
			start();
		},
		refresh() {
			if (source.version === builtVersion || isWorking) return;
			const waitMs = tookTurns ? builtAt + REFRESH_MS - turns.now() : 0;
			if (waitMs <= 0) start();
			else
				stopWaiting ??= turns.after(waitMs, () => {
					start();
					changed();
				});
		},
	};
}

/** Without the places of rows that are not there yet. */
function known(rows: ArrayLike<number>): Uint32Array {
	const out = new Uint32Array(rows.length);
	let count = 0;
	for (let i = 0; i < rows.length; i++) {
		const row = rows[i] ?? -1;
		if (row >= 0) out[count++] = row;
	}
	return out.subarray(0, count);
}
