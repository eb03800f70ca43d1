import { countFacets, toggleFacet } from "../../src/store/facets.js";
import type { VirtualTable } from "../../src/store/virtual-table.js";
import { formatCount } from "../text/format.js";
import type { Model } from "./model.js";

interface FacetSource<Row> {
	/** What the rows are called. */
	noun: string;
	table: VirtualTable<string>;
	row(row: number): Row | null;
	wordsOf(row: Row): readonly string[];
	filter(model: Model, text: string): void;
}

/** Lets the user narrow a list by the values that its rows have, each with its count; the words stand in the filter. */
export function pickFacet<Row>(model: Model, { noun, table, row, wordsOf, filter }: FacetSource<Row>): void {
	function* shown(): Generator<Row> {
		for (let at = 0; at < table.count; at++) {
			const found = row(table.rowAt(at));
			if (found !== null) yield found;
		}
	}
	const facets = countFacets(shown(), { filter: table.filter, wordsOf });
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: {
			kind: "pick",
			title: `Narrow ${noun} by`,
			empty: `no ${noun} to narrow`,
			position: 0,
			items: facets.map(({ word, count, isOn }) => ({
				label: word,
				detail: isOn ? "in force: Enter takes it away" : `${formatCount(count)} of ${formatCount(table.count)}`,
				onPick: () => filter(model, toggleFacet(table.filter, word)),
			})),
		},
	});
}
