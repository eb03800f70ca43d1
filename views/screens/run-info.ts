import type { ReplayStatus } from "../../src/store/replay.js";
import type { RunState } from "../../src/store/run-state.js";
import {
	selectEtaMs,
	selectIsStopped,
	selectPassAtK,
	selectRate,
	selectStatusCounts,
	selectTotal,
} from "../../src/store/select-run.js";
import { STAGES } from "../../src/store/stage.js";
import type { Model } from "../model/model.js";
import type { OpenRun } from "../model/state.js";
import { cellWidth, toCells } from "../text/cells.js";
import { formatClock, formatCount, formatRate, formatScore, plural } from "../text/format.js";
import { bold, cyan, dim, green, type Paint, plain, yellow } from "../text/style.js";
import { type Sign, STAGE_SIGNS, STATUS_SIGNS } from "./glyphs.js";

interface Part {
	text: string;
	paint?: Paint;
}

/** Rows between header and panes; 0 without a run. */
export function runInfoRows(run: OpenRun | null): number {
	return run === null ? 0 : run.replay ? 3 : 2;
}

export function drawRunInfo(model: Model, run: OpenRun, width: number): string[] {
	const state = run.store.getState().run;
	const rows = [
		joinParts(summaryParts(model, run, state, width), width),
		joinParts(countParts(state, width < 100), width),
	];
	if (run.replay) rows.push(drawReplay(run.replay.status(), width));
	return rows;
}

function phasePart(run: OpenRun, state: RunState): Part {
	if (run.replay) {
		const isCut = state.phase === "cancelled" || state.phase === "failed";
		return isCut ? { text: `recorded, ${state.phase}`, paint: yellow } : { text: "recorded", paint: bold };
	}
	if (run.cancelling && !run.ended) return { text: "cancelling", paint: yellow };
	if (state.phase === "empty" || state.phase === "planned")
		return { text: run.ended ? "failed" : "starting", paint: cyan };
	if (state.phase === "running") return { text: run.ended ? "interrupted" : "● live", paint: cyan };
	return { text: state.phase, paint: state.phase === "completed" ? green : yellow };
}

function summaryParts(model: Model, run: OpenRun, state: RunState, width: number): Part[] {
	const { config } = state;
	const backend = config?.backend ?? run.options?.backend ?? "";
	const description = model.workbench.backends().find((known) => known.id === backend)?.description;
	const total = selectTotal(state);
	const done = state.judged + state.resumed;
	const eta = selectEtaMs(state);
	const parts: Part[] = [
		phasePart(run, state),
		{ text: backend, paint: bold },
		{ text: `N=${config?.n ?? run.options?.n ?? "?"}` },
		{ text: total === null ? `${formatCount(done)} judged` : `${formatCount(done)}/${formatCount(total)} judged` },
		...selectPassAtK(state).map((pass) => ({ text: `pass@${pass.k} ${formatScore(pass.value)}` })),
		{ text: formatRate(selectRate(state)) },
		...(eta === null ? [] : [{ text: `ETA ${formatClock(eta)}` }]),
		{ text: `seed ${config?.seed ?? run.options?.seed ?? "?"}` },
		{ text: plural(state.taskCount, "task") },
		...(state.cached > 0 ? [{ text: `${formatCount(state.cached)} cached` }] : []),
		...(state.inGuest > 0 ? [{ text: `${state.inGuest} in guest`, paint: yellow }] : []),
		...(state.missedEvents > 0 ? [{ text: `${state.missedEvents} events missing`, paint: yellow }] : []),
		...(state.message ? [{ text: state.message, paint: yellow }] : []),
	];
	if (description && width >= 120) parts.push({ text: description, paint: dim });
	return parts;
}

/** Every sign on the board with its word: the legend and the counters are one. */
function countParts(state: RunState, isNarrow: boolean): Part[] {
	const wordOf = (sign: Sign) => (isNarrow ? sign.short : sign.word);
	const isStopped = selectIsStopped(state);
	const statuses = selectStatusCounts(state).map(({ status, count }) => {
		const sign = STATUS_SIGNS[status];
		return { text: `${sign.glyph} ${count} ${wordOf(sign)}`, paint: sign.paint };
	});
	const stages = STAGES.flatMap((stage, i) => {
		const count = stage === "judged" ? 0 : (state.stageCounts[i] ?? 0);
		const sign = STAGE_SIGNS[stage];
		const paint = isStopped ? dim : sign.paint;
		return count > 0 ? [{ text: `${sign.glyph} ${count} ${isStopped ? "stopped: " : ""}${wordOf(sign)}`, paint }] : [];
	});
	return statuses.length + stages.length > 0 ? [...statuses, ...stages] : [{ text: "no candidate yet", paint: dim }];
}

/** As many parts as fit, in their order of weight. */
function joinParts(parts: readonly Part[], width: number): string {
	let used = 1;
	let out = " ";
	for (const { text, paint = plain } of parts) {
		const room = width - used;
		if (room < 3) break;
		const shown = cellWidth(text) > room ? toCells(text, room) : text;
		out += `${paint(toCells(shown, cellWidth(shown)))}  `;
		used += cellWidth(shown) + 2;
	}
	return out;
}

function drawReplay(status: ReplayStatus, width: number): string {
	const left = ` ${status.playing ? "playing" : "paused "} ${String(status.speed).padStart(2)}x `;
	const right = ` ${formatCount(status.position)}/${formatCount(status.total)} events  ${formatClock(status.elapsedMs)} of ${formatClock(status.durationMs)} `;
	const room = Math.max(4, width - cellWidth(left) - cellWidth(right));
	const filled = status.total === 0 ? 0 : Math.round((status.position / status.total) * room);
	return `${status.playing ? cyan(left) : left}${cyan("━".repeat(filled))}${dim("·".repeat(room - filled))}${right}`;
}
