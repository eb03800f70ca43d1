import { describe, expect, test } from "vitest";
import { barChart } from "../../views/charts/bar-chart.js";
import { bar, column } from "../../views/charts/blocks.js";
import { heatMap } from "../../views/charts/heat-map.js";
import { type HistogramOptions, histogram } from "../../views/charts/histogram.js";
import { type LineChartOptions, lineChart } from "../../views/charts/line-chart.js";
import { valueAt } from "../../views/charts/pixel-columns.js";
import { progressBar } from "../../views/charts/progress-bar.js";
import { formatTick, fractionOf, logTicks, niceTicks, spanOf } from "../../views/charts/scale.js";
import { sparkline } from "../../views/charts/sparkline.js";
import { cellWidth } from "../../views/text/cells.js";
import { green, red } from "../../views/text/style.js";
import { expectGolden } from "./golden-text.js";

const UNICODE = { ascii: false };
const ASCII = { ascii: true };
const bare = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, "");
const wave = Array.from({ length: 60 }, (_, i) => 3 * Math.exp(-i / 20) + 0.3 * Math.sin(i));
const BAD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
/** The largest numbers, their opposites and the smallest one. */
const EXTREME = [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 0, -0];

function lines(look: { ascii: boolean }, more: Partial<LineChartOptions> = {}): string[] {
	const withGap = wave.map((value, i) => (i > 20 && i < 26 ? Number.NaN : value));
	const falling = Array.from({ length: 60 }, (_, i) => 2 - i / 40);
	const series = [
		{ name: "loss", ys: withGap, paint: red },
		{ name: "held out", ys: falling, paint: green },
	];
	return lineChart({ series, width: 64, height: 12, look, ...more });
}

const bell = (centre: number, height: number) =>
	Array.from({ length: 20 }, (_, i) => Math.round(height * Math.exp(-((i - centre) ** 2) / 8)));
const edges = Array.from({ length: 21 }, (_, i) => i * 5);
const classes: HistogramOptions["classes"] = [
	{ name: "accepted", counts: bell(6, 50), paint: green },
	{ name: "not accepted", counts: bell(11, 30), paint: red },
];

const SIGNS = { pass: { glyph: "✓", paint: green }, fail: { glyph: "✗", paint: red } };
const map = (rows: number, columns: number, width: number, height: number, look = UNICODE) =>
	heatMap({
		rows,
		columns,
		at: (row, column) => (column > row + columns / 2 ? null : (row + column) % 3 === 0 ? SIGNS.pass : SIGNS.fail),
		label: (row) => `task_${row}`,
		width,
		height,
		look,
	});

const bars = [
	{ label: "✓ accepted", value: 120, paint: green },
	{ label: "✗ wrong answer", value: 33, text: "33  21.6 %", paint: red },
	{ label: "! runtime error", value: 0.4 },
	{ label: "nobody knows", value: null },
];

describe("charts as text", () => {
	for (const [name, look] of [
		["unicode", UNICODE],
		["ascii", ASCII],
	] as const) {
		test(`each chart in ${name}`, () => {
			const title = (text: string) => ["", `# ${text}`];
			const rows = [
				...title("two lines, a gap, a crosshair"),
				...lines(look, { crosshair: 40 }),
				...title("log y"),
				...lineChart({
					series: [{ name: "x", ys: wave.map((_, i) => 10 ** (i / 10 - 2)) }],
					width: 48,
					height: 9,
					look,
					logY: true,
				}),
				...title("histogram of two classes"),
				...histogram({ edges, classes, width: 60, height: 9, look }),
				...title("histogram of one class"),
				...histogram({ edges, classes: [classes[0]], width: 60, height: 6, look }),
				...title("bars"),
				...barChart(bars, { width: 50, height: 5, look }),
				...title("heat map"),
				...map(6, 30, 44, 6, look).rows,
				...title("heat map of blocks"),
				...map(60, 300, 44, 6, look).rows,
				...title("sparkline"),
				sparkline([1, 2, null, 4, 8, Number.NaN, 3], 10, { look }),
				...title("progress"),
				progressBar({ done: 480, total: 1000, perSecond: 12.3, etaMs: 42_000 }, 60, look),
				progressBar({ done: 480, total: null, perSecond: 12.3, etaMs: null }, 30, look),
			].map(bare);
			if (look.ascii) expect(rows.slice(0, 30).join("")).not.toMatch(/[\u2500-\u28ff]/);
			expectGolden(`charts-${name}`, rows);
		});
	}
});

describe("every chart", () => {
	const charts: [string, (width: number, height: number, look: { ascii: boolean }) => string[]][] = [
		["line", (width, height, look) => lines(look, { width, height, crosshair: 30 })],
		["bar", (width, height, look) => barChart(bars, { width, height, look })],
		["histogram", (width, height, look) => histogram({ edges, classes, width, height, look })],
		["heat map", (width, height, look) => map(9, 70, width, height, look).rows],
		["sparkline", (width, _height, look) => (width > 0 ? [sparkline(wave, width, { look })] : [])],
		[
			"progress",
			(width, _height, look) =>
				width > 0 ? [progressBar({ done: 5, total: 9, perSecond: 1, etaMs: 9000 }, width, look)] : [],
		],
	];
	for (const [name, draw] of charts) {
		test(`${name}: rows are as wide as asked for, and never too many, at any size`, () => {
			for (let width = 0; width <= 90; width++) {
				for (const height of [0, 1, 2, 3, 4, 5, 6, 9, 20]) {
					for (const look of [UNICODE, ASCII]) {
						const rows = draw(width, height, look).map(bare);
						if (name !== "sparkline" && name !== "progress") expect(rows.length).toBeLessThanOrEqual(height);
						for (const row of rows) expect([width, height, cellWidth(row)]).toEqual([width, height, width]);
					}
				}
			}
		});
	}

	test("shows nothing wrong for values that are no numbers, none, one, or as large as they get", () => {
		for (const values of [[], BAD, EXTREME, [...BAD, 1], [5], [0], [-3, -3, -3]]) {
			for (const look of [UNICODE, ASCII]) {
				const rows = [
					...lineChart({ series: [{ name: "a", ys: values }], width: 40, height: 9, look, crosshair: 1 }),
					...lineChart({ series: [{ name: "a", ys: values, xs: values }], width: 40, height: 9, look, logY: true }),
					...histogram({
						edges: [0, 1, 2, 3, 4, 5],
						classes: [{ name: "a", counts: values }],
						width: 40,
						height: 9,
						look,
					}),
					...barChart(
						values.map((value) => ({ label: "a", value, text: "" })),
						{ width: 40, height: 9, look },
					),
				];
				for (const row of rows) expect(cellWidth(bare(row))).toBe(40);
				expect(cellWidth(sparkline(values, 12, { look }))).toBe(12);
				expect(rows.join("\n")).not.toMatch(/NaN|Infinity|undefined/);
			}
		}
	});
});

describe("line charts", () => {
	test("a missing value interrupts the line, a jump in x does not", () => {
		const at = (ys: number[], xs?: number[]) =>
			bare(
				lineChart({ series: [xs ? { name: "a", xs, ys } : { name: "a", ys }], width: 12, height: 1, look: ASCII })[0] ??
					"",
			);
		expect(at([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])).toBe("************");
		expect(at([1, 1, 1, 1, Number.NaN, Number.NaN, 1, 1, 1, 1, 1, 1])).toBe("****  ******");
		expect(at([1, 1, 1], [0, 3, 11])).toBe("************");
	});

	test("a single peak among a million values is seen", () => {
		const ys = new Float64Array(1_000_000);
		ys[654_321] = 7;
		const rows = lineChart({ series: [{ name: "a", ys }], width: 40, height: 9, look: ASCII }).map(bare);
		expect(rows[0]).toContain("*");
	});

	test("lines are told apart without colours", () => {
		const flat = (value: number) => new Array<number>(40).fill(value);
		const draw = (look: { ascii: boolean }) =>
			lineChart({
				series: [
					{ name: "a", ys: flat(1) },
					{ name: "b", ys: flat(2) },
					{ name: "c", ys: flat(3) },
				],
				width: 40,
				height: 12,
				look,
			}).map(bare);
		for (const look of [UNICODE, ASCII]) {
			const used = draw(look)
				.slice(0, -3)
				.map((row) => row.replace(/[\d\s│┤|+]/g, ""))
				.filter(Boolean);
			expect(used).toHaveLength(3);
			expect(new Set(used).size).toBe(3);
		}
	});

	test("the crosshair names the nearest value, and says when it is missing", () => {
		const ys = [1, 2, Number.NaN, 8];
		expect(valueAt({ ys }, 0.6)).toBe(2);
		expect(valueAt({ ys }, 2)).toBeNull();
		expect(valueAt({ xs: [10, 20, 30, 40], ys }, 36)).toBe(8);
		expect(valueAt({ xs: [10, 20, 30, 40], ys }, -5)).toBe(1);
		expect(valueAt({ ys: [] }, 0)).toBeNull();
		const legend = bare(
			lineChart({ series: [{ name: "a", ys }], width: 40, height: 8, look: ASCII, crosshair: 3 }).at(-1) ?? "",
		);
		expect(legend).toContain("3:  * a 8");
	});

	test("on a log scale what is not above 0 is missing", () => {
		const draw = (ys: number[]) =>
			lineChart({ series: [{ name: "a", ys }], width: 12, height: 1, look: ASCII, logY: true });
		expect(bare(draw([1, 1, -1, 0, 1, 1])[0] ?? "")).toMatch(/^\*+ +\*+$/);
		expect(bare(draw([-1, 0])[0] ?? "")).toContain("no values");
	});
});

describe("scales", () => {
	test("ticks are round numbers inside the range", () => {
		expect(niceTicks({ min: 0, max: 10 }, 5)).toEqual([0, 2, 4, 6, 8, 10]);
		expect(niceTicks({ min: 0.13, max: 0.92 }, 4)).toEqual([0.2, 0.4, 0.6, 0.8]);
		expect(niceTicks({ min: -3, max: 3 }, 3)).toEqual([-2, 0, 2]);
		expect(niceTicks({ min: 0.63, max: 0.75 }, 2)).toEqual([0.65, 0.7, 0.75]);
		expect(logTicks({ min: 1, max: 1000 }, 4)).toEqual([1, 10, 100, 1000]);
		expect(logTicks({ min: 1e-6, max: 1e6 }, 4)).toEqual([1e-6, 1e-3, 1, 1e3, 1e6]);
		expect(logTicks({ min: 1, max: 10 }, 4)).toEqual([1, 2, 5, 10]);
	});

	test("ticks stay few and inside for any range", () => {
		for (let i = 0; i < 2000; i++) {
			const min = (((i * 7919) % 1000) - 500) * 10 ** ((i % 40) - 20);
			const max = min + ((i % 97) + 1) * 10 ** (((i * 13) % 40) - 20);
			const span = spanOf(min, max);
			if (!span) continue;
			const ticks = niceTicks(span, 5);
			expect(ticks.length).toBeLessThanOrEqual(8);
			for (const tick of ticks) expect(fractionOf(span, tick)).toBeGreaterThanOrEqual(0);
		}
	});

	test("numbers are short", () => {
		expect([0, 0.25, 1234, 12_000, 1_500_000, -2e9, 1e-7, 1e21, 1 / 3].map(formatTick)).toEqual([
			"0",
			"0.25",
			"1234",
			"12k",
			"1.5M",
			"-2G",
			"1.0e-7",
			"1.0e21",
			"0.3333",
		]);
	});

	test("equal ends get room, impossible ones no span", () => {
		expect(spanOf(4, 4)).toEqual({ min: 2, max: 6 });
		expect(spanOf(0, 0)).toEqual({ min: -1, max: 1 });
		expect(spanOf(0, 10, true)).toBeNull();
		expect(spanOf(Number.NaN, 1)).toBeNull();
	});
});

describe("bars, histograms, heat maps, sparklines, progress", () => {
	test("a bar is as long as its share, to an eighth of a cell", () => {
		expect(bar(0.5, 8, UNICODE)).toBe("████    ");
		expect(bar(0.56, 8, UNICODE, "·")).toBe("████▍···");
		expect(bar(0.001, 8, UNICODE)).toBe("▏       ");
		expect(bar(2, 3, ASCII)).toBe("###");
		expect(bar(Number.NaN, 3, ASCII, ".")).toBe("...");
		expect(Array.from({ length: 9 }, (_, i) => column(i, UNICODE)).join("")).toBe(" ▁▂▃▄▅▆▇█");
	});

	test("bars that do not fit are counted", () => {
		const rows = barChart(
			Array.from({ length: 9 }, (_, i) => ({ label: `b${i}`, value: i })),
			{
				width: 30,
				height: 4,
				look: UNICODE,
			},
		);
		expect(rows).toHaveLength(4);
		expect(bare(rows[3] ?? "")).toContain("6 more");
	});

	test("a histogram loses no count where bins are joined, and shows a single one", () => {
		const counts = new Array<number>(400).fill(0);
		counts[399] = 1;
		counts[0] = 1000;
		const rows = histogram({
			edges: Array.from({ length: 401 }, (_, i) => i),
			classes: [{ name: "a", counts }],
			width: 30,
			height: 6,
			look: ASCII,
		}).map(bare);
		expect(rows.at(-2)?.trimEnd()).toMatch(/#.*\.$/);
		expect(rows[0]).toContain("1000");
	});

	test("a block of a heat map shows what is most frequent in it", () => {
		const cells = heatMap({
			rows: 8,
			columns: 8,
			at: (row, column) => (row < 4 && column !== 7 ? SIGNS.pass : SIGNS.fail),
			label: String,
			width: 4,
			height: 4,
			look: UNICODE,
		});
		expect(cells.rows.map(bare)).toEqual(["✓✓✓✓", "✓✓✓✓", "✗✗✗✗", "✗✗✗✗"]);
		expect([cells.rowsEach, cells.columnsEach]).toEqual([2, 2]);
	});

	test("a heat map looks at so many cells as the pane is large, not as there are", () => {
		let asked = 0;
		heatMap({
			rows: 100_000,
			columns: 1000,
			at: () => {
				asked++;
				return SIGNS.pass;
			},
			label: String,
			width: 60,
			height: 20,
			look: UNICODE,
		});
		expect(asked).toBeLessThanOrEqual(60 * 20 * 16);
	});

	test("a sparkline keeps the order, averages what does not fit and leaves missing values blank", () => {
		expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, { look: UNICODE })).toBe("▁▂▃▄▅▆▇█");
		expect(sparkline([0, 0, 7, 7], 2, { look: UNICODE })).toBe("▁█");
		expect(sparkline([1, null, Number.NaN, 1], 6, { look: UNICODE })).toBe("▄  ▄  ");
		expect(sparkline([5], 3, { look: UNICODE, min: 0, max: 10 })).toBe("▅  ");
	});

	test("progress is 100 % only when all is done", () => {
		const at = (done: number) => bare(progressBar({ done, total: 1000, perSecond: null, etaMs: null }, 40, ASCII));
		expect(at(999)).toContain("99 %");
		expect(at(1000)).toContain("100 %");
		expect(at(Number.NaN)).toHaveLength(40);
	});
});
