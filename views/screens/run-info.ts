import type { GenerationConfig } from "../../src/domain/generation.js";
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
import { isUnderWay, STAGES } from "../../src/store/stage.js";
import type { OpenRun } from "../model/state.js";
import { cellWidth, toCells, visible } from "../text/cells.js";
import { formatClock, formatCount, formatRate, formatScore, plural } from "../text/format.js";
import { bold, cyan, dim, green, type Paint, plain, red, yellow } from "../text/style.js";
import { type Sign, STAGE_SIGNS, STATUS_SIGNS } from "./glyphs.js";

interface Part {
	text: string;
	paint?: Paint;
}

export function drawRunInfo(run: OpenRun, width: number): string[] {
	const state = run.store.getState().run;
	const rows = [joinParts(summaryParts(run, state), width), countRow(state, width)];
	if (run.replay) rows.push(drawReplay(run.replay.status(), run.bookmarks, width));
	return rows;
}

const PHASE_PAINTS = { completed: green, cancelled: yellow, failed: red } as const;

function phasePart(run: OpenRun, state: RunState): Part {
	if (run.replay) return recordedPart(run.replay.status(), state);
	if (run.cancelling && !run.ended) return { text: "cancelling", paint: yellow };
	if (state.phase === "empty" || state.phase === "planned")
		return run.ended ? { text: "not started", paint: red } : { text: "starting", paint: cyan };
	if (state.phase === "running")
		return run.ended ? { text: "interrupted", paint: yellow } : { text: "● live", paint: cyan };
	return { text: state.phase, paint: PHASE_PAINTS[state.phase] };
}

/** How the recording ended, once the replay is there. One without an end was interrupted. */
function recordedPart({ position, total }: ReplayStatus, state: RunState): Part {
	if (position < total || state.phase === "completed") return { text: "recorded", paint: bold };
	const outcome = state.phase === "cancelled" || state.phase === "failed" ? state.phase : "interrupted";
	return { text: `recorded, ${outcome}`, paint: yellow };
}

function summaryParts(run: OpenRun, state: RunState): Part[] {
	const { config } = state;
	const backend = config?.backend ?? run.options?.backend ?? "";
	const n = config ? config.n : (run.options?.n ?? null);
	const total = selectTotal(state);
	const done = state.judged + state.resumed;
	const eta = selectEtaMs(state);
	const passes = selectPassAtK(state).map((pass) => ({ text: `pass@${pass.k} ${formatScore(pass.value)}` }));
	const parts: Part[] = [
		phasePart(run, state),
		backendPart(backend, config?.generation ?? run.options?.generation ?? null),
		...(n === null ? [] : [{ text: config?.widen ? `N=${n} to ${config.widen.nMax}` : `N=${n}` }]),
		{ text: total === null ? `${formatCount(done)} judged` : `${formatCount(done)}/${formatCount(total)} judged` },
		...passes.slice(0, 1),
		{ text: formatRate(selectRate(state)) },
		...(eta === null ? [] : [{ text: `ETA ${formatClock(eta)}` }]),
		...generationParts(state),
		...passes.slice(1),
		...(config?.dedupe ? [duplicatePart(state)] : []),
		...(state.missedEvents > 0 ? [{ text: `${state.missedEvents} events missing`, paint: yellow }] : []),
		...(state.message ? [{ text: state.message, paint: yellow }] : []),
		{ text: `seed ${config?.seed ?? run.options?.seed ?? "?"}` },
		...(state.phase === "empty" ? [] : [{ text: plural(state.taskCount, "task") }]),
		...(state.cached > 0 ? [{ text: `${formatCount(state.cached)} cached` }] : []),
		...(state.inGuest > 0 ? [{ text: `${state.inGuest} in guest`, paint: yellow }] : []),
	];
	return parts;
}

/** How many candidates are another one's program again, of those that are judged. */
function duplicatePart({ duplicates, judged }: RunState): Part {
	const distinct = judged === 0 ? "" : `, ${Math.round((1 - duplicates / judged) * 100)} % distinct`;
	return { text: `${formatCount(duplicates)} duplicates${distinct}` };
}

/** How fast tokens come, and what they cost so far. */
function generationParts({ generation: { progress, spent } }: RunState): Part[] {
	const speed = progress?.tokensPerSecond ?? null;
	const parts: Part[] = [];
	if (speed !== null) parts.push({ text: `${formatCount(Math.round(speed))} tokens/s`, paint: cyan });
	if (spent) parts.push({ text: plural(spent.tokens, "token") });
	if (spent?.costUsd != null) parts.push({ text: `$${spent.costUsd.toFixed(4)}` });
	return parts;
}

/** A mock's verdicts are real, but they say nothing about a model. */
function backendPart(backend: string, generation: GenerationConfig | null): Part {
	if (generation !== null) return { text: visible(`${backend} · ${generation.model.split("/").at(-1)}`), paint: bold };
	if (backend !== "mock") return { text: backend, paint: bold };
	return { text: "mock (no model)", paint: (text) => bold(yellow(text)) };
}

/** Which side the other one waits for: the model, or the judge. */
function bottleneckPart({ generation: { progress } }: RunState): Part[] {
	const bottleneck = progress?.bottleneck ?? null;
	return bottleneck === null ? [] : [{ text: `bound by ${bottleneck}`, paint: yellow }];
}

/** Whole words where they fit. */
function countRow(state: RunState, width: number): string {
	const whole = countParts(state, false);
	const cells = whole.reduce((sum, { text }) => sum + cellWidth(text) + 2, 0);
	return joinParts(cells <= width ? whole : countParts(state, true), width);
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
		const stops = isStopped && isUnderWay(stage);
		const paint = stops ? dim : sign.paint;
		return count > 0 ? [{ text: `${sign.glyph} ${count} ${stops ? "stopped: " : ""}${wordOf(sign)}`, paint }] : [];
	});
	const counts = [...statuses, ...stages];
	return [...bottleneckPart(state), ...(counts.length > 0 ? counts : [{ text: "no candidate yet", paint: dim }])];
}

/** As many parts as fit, in their order of weight. A number is never cut: half of it would be another number. */
function joinParts(parts: readonly Part[], width: number): string {
	let used = 1;
	let out = " ";
	for (const [i, { text, paint = plain }] of parts.entries()) {
		const isLast = i === parts.length - 1;
		const cells = cellWidth(text);
		if (used + cells > width - (isLast ? 0 : 2)) return `${out}${dim("…")}`;
		out += `${paint(toCells(text, cells))}  `;
		used += cells + 2;
	}
	return out;
}

/** Where the replay is: a bar with the bookmarks on it, the event by number, and the time. */
function drawReplay(status: ReplayStatus, bookmarks: readonly number[], width: number): string {
	const { playing, position, total, elapsedMs, durationMs } = status;
	const speed = Number.isFinite(status.speed) ? `${status.speed}x` : "max";
	const left = ` ${playing ? "playing" : "paused "} ${speed.padStart(3)} `;
	const right = ` event ${formatCount(position)} of ${formatCount(total)}  ${formatClock(elapsedMs)} of ${formatClock(durationMs)} `;
	const room = Math.max(4, width - cellWidth(left) - cellWidth(right));
	const cellOf = (at: number) => (total === 0 ? 0 : Math.round((at / total) * room));
	const filled = cellOf(position);
	const marked = new Set(bookmarks.map((at) => Math.min(room - 1, cellOf(at))));
	const bar = Array.from({ length: room }, (_, i) =>
		marked.has(i) ? yellow("◆") : i < filled ? cyan("━") : dim("·"),
	).join("");
	return `${playing ? cyan(left) : left}${bar}${right}`;
}
