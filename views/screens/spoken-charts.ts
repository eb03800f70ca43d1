import type { RunState } from "../../src/store/run-state.js";
import { selectCpuHistogram, selectPace, selectPassCurve } from "../../src/store/run-trends.js";
import { selectStatusCounts } from "../../src/store/select-run.js";
import { spokenValues } from "../charts/spoken-values.js";
import type { Model } from "../model/model.js";
import type { ChartName } from "../model/state.js";
import { visible } from "../text/cells.js";
import { formatCount, formatMs, formatRate, formatScore } from "../text/format.js";
import { STATUS_SIGNS } from "./glyphs.js";

type Sentences = (state: RunState) => string[];

const SENTENCES: Record<Exclude<ChartName, "all">, Sentences> = {
	verdicts: spokenVerdicts,
	cpu: spokenCpu,
	"pass@k": (state) => [
		spokenValues("pass@k:", selectPassCurve(state.trends), formatScore) || "pass@k: nothing judged yet",
	],
	pace: ({ trends, lastAtMs }) => {
		const { perSecond } = selectPace(trends, lastAtMs);
		return [spokenValues("verdicts a second:", perSecond, formatRate) || "verdicts a second: none yet"];
	},
	map: ({ tasks }) => tasks.map(({ taskId, accepted, n }) => `${visible(taskId)}: ${accepted} of ${n} accepted`),
};

/** What the charts of a run show, as sentences; the point under the crosshair too. */
export function spokenCharts(model: Model, state: RunState): string[] {
	const { chart } = model.ui.getState();
	const rows =
		chart === "all" ? Object.values(SENTENCES).flatMap((sentences) => sentences(state)) : SENTENCES[chart](state);
	return [...rows, ...spokenCrosshair(model, state)];
}

function spokenVerdicts(state: RunState): string[] {
	return selectStatusCounts(state).map(
		({ status, count }) =>
			`${STATUS_SIGNS[status].word}: ${formatCount(count)}, ${((100 * count) / state.judged).toFixed(1)} percent`,
	);
}

function spokenCpu({ trends }: RunState): string[] {
	const cpu = selectCpuHistogram(trends);
	if (!cpu) return ["CPU time: nothing measured yet"];
	const told = (name: string, counts: ArrayLike<number>) => {
		const bins = Array.from(counts, (count, bin) => ({
			count,
			from: cpu.edges[bin] ?? 0,
			to: cpu.edges[bin + 1] ?? 0,
		}));
		const filled = bins.filter(({ count }) => count > 0);
		const [first] = filled;
		const last = filled.at(-1);
		if (!first || !last) return [];
		const peak = filled.reduce((a, b) => (b.count > a.count ? b : a));
		return [
			`CPU time, ${name}: min ${formatMs(first.from)}, max ${formatMs(last.to)}, most (${peak.count}) from ${formatMs(peak.from)} to ${formatMs(peak.to)}`,
		];
	};
	return [...told("accepted", cpu.accepted), ...told("not accepted", cpu.other)];
}

function spokenCrosshair(model: Model, state: RunState): string[] {
	const { chart, crosshair } = model.ui.getState();
	if (crosshair === null) return [];
	if (chart === "pass@k") {
		const curve = selectPassCurve(state.trends);
		const at = Math.min(crosshair, curve.length - 1);
		return [`crosshair: pass@${at + 1} ${formatScore(curve[at] ?? null)}`];
	}
	if (chart !== "pace") return [];
	const { perSecond, spanMs } = selectPace(state.trends, state.lastAtMs);
	const at = Math.min(crosshair, perSecond.length - 1);
	return [`crosshair: ${formatRate(perSecond[at] ?? null)} at ${formatMs(at * spanMs)}`];
}
