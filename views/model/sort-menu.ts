import type { VirtualTable } from "../../src/store/virtual-table.js";
import type { Model } from "./model.js";

export interface SortMenu<Sort extends string> {
	title: string;
	table: VirtualTable<Sort>;
	/** `key`: the letter that chooses it after the key that opens the menu. */
	sorts: readonly { sort: Sort; key: string; detail: string }[];
	/** Called after the order has changed. */
	sorted(): void;
}

/** Lets the user choose the order of a table, by its letter or with the cursor. */
export function pickSort<Sort extends string>(model: Model, { title, table, sorts, sorted }: SortMenu<Sort>): void {
	const items = sorts.map(({ sort, key, detail }) => ({
		key,
		detail,
		label: sort,
		onPick() {
			table.setSort(sort);
			sorted();
		},
	}));
	const position = sorts.findIndex(({ sort }) => sort === table.sort);
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "pick", title, items, position, empty: "" } });
}
