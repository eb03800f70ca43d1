import type { GpuCourse } from "../../src/store/remote-activity.js";
import type { TrainingMember } from "../../src/store/training-members.js";
import { sparkline } from "../charts/sparkline.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { MISSING } from "../text/format.js";
import { dim, type Paint, plain, red, yellow } from "../text/style.js";
import { type Column, fitColumns, spokenRow, tableHead, tableRow } from "../text/table.js";

const HOT_CELSIUS = 85;
const COURSE_CELLS = 12;
/** Of the samples, the last: some minutes. */
const SHOWN_SAMPLES = 120;

type GpuRow = GpuCourse & { host: string };

/** One row a GPU, as its host wrote it down last. */
export function gpuRows(model: Model, members: readonly TrainingMember[], width: number): string[] {
	const rows: GpuRow[] = members.flatMap(({ name, gpus }) => gpus.map((gpu) => ({ ...gpu, host: name ?? MISSING })));
	if (rows.length === 0) return [];
	const columns = columnsFor(model, members.length > 1);
	if (model.isSpoken) return rows.map((row) => `GPU ${spokenRow(columns, row)}`);
	const fitted = fitColumns(columns, width - 1);
	return [
		dim(toCells(` ${tableHead(fitted)}`, width)),
		...rows.map((row) => ` ${tableRow(fitted, row, (cell) => cell)}`),
	];
}

const of = (used: number | null, total: number | null, unit: string) =>
	used === null ? MISSING : `${used.toFixed(0)}${total === null ? "" : `/${total.toFixed(0)}`} ${unit}`;

const gigabytes = (megabytes: number | null) => (megabytes === null ? null : megabytes / 1024);

function columnsFor(model: Model, isSeveral: boolean): readonly Column<GpuRow>[] {
	const host: Column<GpuRow> = { title: "host", width: 8, drop: 0, text: ({ host }) => host };
	return [
		...(isSeveral ? [host] : []),
		{ title: "GPU", width: 3, align: "right", drop: 0, text: ({ last }) => String(last.index) },
		{ title: "name", width: 8, grow: true, drop: 6, text: ({ last }) => last.name.replace(/^NVIDIA /, "") },
		{
			title: "course",
			width: COURSE_CELLS,
			drop: 7,
			text: () => "",
			spoken: () => "",
			draw: ({ busy }, cells) => sparkline(busy.slice(-SHOWN_SAMPLES), cells, { look: model.look, min: 0, max: 100 }),
		},
		{
			title: "busy",
			width: 5,
			align: "right",
			drop: 0,
			text: ({ last }) => (last.busy === null ? MISSING : `${last.busy.toFixed(0)} %`),
		},
		{
			title: "memory",
			width: 13,
			align: "right",
			drop: 1,
			text: ({ last }) => of(gigabytes(last.memoryMb), gigabytes(last.memoryTotalMb), "GiB"),
		},
		{
			title: "power",
			width: 10,
			align: "right",
			drop: 3,
			text: ({ last }) => of(last.watts, last.wattLimit, "W"),
		},
		{
			title: "temp",
			width: 5,
			align: "right",
			drop: 2,
			text: ({ last }) => (last.celsius === null ? MISSING : `${last.celsius.toFixed(0)} C`),
			paint: ({ last }): Paint => (last.celsius !== null && last.celsius >= HOT_CELSIUS ? yellow : plain),
		},
		{
			title: "clock",
			width: 8,
			align: "right",
			drop: 5,
			text: ({ last }) => (last.smMhz === null ? MISSING : `${last.smMhz.toFixed(0)} MHz`),
		},
		{
			title: "ECC",
			width: 4,
			align: "right",
			drop: 4,
			text: ({ last }) => (last.eccErrors === null ? MISSING : String(last.eccErrors)),
			spoken: ({ last }) => (last.eccErrors === null ? "" : `ECC errors ${last.eccErrors}`),
			paint: ({ last }): Paint => ((last.eccErrors ?? 0) > 0 ? red : plain),
		},
	];
}
