import type { HostRow } from "../../src/domain/host-activity.js";
import { ageText } from "../../src/lib/point-in-time.js";
import { rentCost } from "../../src/store/rent-cost.js";
import type { Model } from "../model/model.js";
import { shownHosts, trainingsState } from "../model/training-state.js";
import { toCells } from "../text/cells.js";
import { MISSING } from "../text/format.js";
import { dollars } from "../text/remote-text.js";
import { bold, cursorLine, cyan, dim, green, type Paint, red, yellow } from "../text/style.js";
import { type Column, fitColumns, spokenRow, tableHead, tableRow } from "../text/table.js";
import { type PaneText, positionText } from "./pane-text.js";

const MARK_CELLS = 2;

/** Machines that can train. Making the list asks nothing of them. */
export function drawHostList(model: Model, width: number, height: number): PaneText {
	const { hosts, host: position, pane } = trainingsState(model);
	if (hosts === null || "error" in hosts) {
		const text = hosts === null ? "reading" : hosts.error;
		return { title: "Hosts", rows: [(hosts === null ? dim : yellow)(toCells(`  ${text}`, width))] };
	}
	const rows = shownHosts(model);
	const now = Date.parse(model.clock());
	const columns = columnsOf(model, now);
	const fitted = fitColumns(columns, width - MARK_CELLS);
	const listRows = Math.max(1, height - 1);
	const top = model.scroll.follow("hosts", position, listRows, rows.length);
	const shown = rows.slice(top, top + listRows).map((row, i) => {
		const isCursor = top + i === position && pane === "hosts";
		const text = model.isSpoken
			? `${spokenRow(columns, row)}, ${top + i + 1} of ${rows.length}`
			: `${isCursor ? "▸" : " "} ${tableRow(fitted, row, (cell) => cell)}`;
		return isCursor ? cursorLine(model.isSpoken ? text : bold(text)) : text;
	});
	const more = positionText(top, listRows, rows.length);
	const head = model.isSpoken ? [] : [dim(toCells(`  ${tableHead(fitted)}`, width))];
	return { title: `Hosts ${rows.length}${costText(rows, now)}${more && ` · ${more}`}`, rows: [...head, ...shown] };
}

/** Of all hosts together, idle time included. */
function costText(rows: readonly HostRow[], now: number): string {
	const costs = rows.flatMap(({ rent }) => (rent === null ? [] : [rentCost(rent, now)]));
	if (costs.length === 0) return "";
	const sum = (of: "spent" | "idleSpent") => costs.reduce((total, cost) => total + cost[of], 0);
	return ` · ${dollars(sum("spent"))}, ${dollars(sum("idleSpent"))} idle`;
}

function columnsOf(model: Model, now: number): readonly Column<HostRow>[] {
	const { checking } = trainingsState(model);
	return [
		{ title: "host", width: 10, grow: true, drop: 0, text: ({ name }) => name },
		{ title: "GPUs", width: 9, drop: 2, text: ({ gpus }) => gpus ?? MISSING },
		{
			title: "$/h",
			width: 7,
			align: "right",
			drop: 1,
			text: ({ pricePerHour }) => (pricePerHour === null ? MISSING : pricePerHour.toFixed(2)),
		},
		{
			title: "cost",
			width: 10,
			align: "right",
			drop: 1,
			text: ({ rent }) => (rent === null ? MISSING : dollars(rentCost(rent, now).spent)),
			paint: ({ rent }): Paint => (rent !== null && rentCost(rent, now).isRented ? cyan : dim),
		},
		{
			title: "looked at",
			width: 18,
			drop: 0,
			text: (row) => checkText(row, checking.has(row.name), now),
			paint: (row) => checkPaint(row),
		},
	];
}

function checkText({ check }: HostRow, isChecking: boolean, now: number): string {
	if (isChecking) return "● looking";
	if (check === null) return "never";
	const of = (level: string) => check.findings.filter((finding) => finding.level === level).length;
	const [errors, warnings] = [of("error"), of("warning")];
	const age = ageText(check.at, now);
	if (errors > 0) return `✗ ${errors} wrong, ${age}`;
	return warnings > 0 ? `! ready, ${age}` : `✓ ready, ${age}`;
}

function checkPaint({ check }: HostRow): Paint {
	if (check === null) return dim;
	const has = (level: string) => check.findings.some((finding) => finding.level === level);
	return has("error") ? red : has("warning") ? yellow : green;
}
