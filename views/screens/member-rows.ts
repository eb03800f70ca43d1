import { remoteStateText } from "../../src/store/remote-texts.js";
import { busyText, ranksText, type TrainingMember } from "../../src/store/training-members.js";
import type { Model } from "../model/model.js";
import { toCells, visible } from "../text/cells.js";
import { MISSING } from "../text/format.js";
import { dim, type Paint, plain, red } from "../text/style.js";
import { type Column, fitColumns, spokenRow, tableHead, tableRow } from "../text/table.js";
import { trainerLine } from "../text/trainer-line.js";
import { wrapText } from "../text/wrap.js";

/** One row for each host, or node of Slurm's, of those that train together, and which of them ended it; nothing of one alone. */
export function memberRows(model: Model, members: readonly TrainingMember[], width: number): string[] {
	if (members.length < 2) return [];
	const ended = members.flatMap(({ name, failure }) => (failure === null ? [] : [`! ${name} ended it: ${failure}`]));
	const rows = ended
		.flatMap((text) => wrapText(visible(text), width - 2))
		.map((line) => red(toCells(` ${line}`, width)));
	if (model.isSpoken) return [...rows, ...members.map((member) => spokenRow(COLUMNS, member))];
	const fitted = fitColumns(COLUMNS, width - 1);
	return [
		...rows,
		dim(toCells(` ${tableHead(fitted)}`, width)),
		...members.map((member) => ` ${tableRow(fitted, member)}`),
	];
}

const paint = ({ failure }: TrainingMember): Paint => (failure === null ? plain : red);

const COLUMNS: readonly Column<TrainingMember>[] = [
	{ title: "host", width: 10, drop: 0, text: ({ name }) => name ?? MISSING, paint },
	{ title: "ranks", width: 5, align: "right", drop: 3, text: ({ ranks }) => ranksText(ranks) },
	{ title: "state", width: 24, drop: 1, text: ({ state }) => remoteStateText(state), paint },
	{ title: "GPUs", width: 16, drop: 4, text: ({ gpus }) => busyText(gpus) ?? MISSING },
	{
		title: "said last",
		width: 16,
		grow: true,
		drop: 2,
		text: ({ line }) => (line === null ? MISSING : (trainerLine(line) ?? line)),
	},
];
