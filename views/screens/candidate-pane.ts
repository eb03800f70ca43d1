import { selectedCandidate } from "../model/candidate-actions.js";
import type { Model } from "../model/model.js";
import { CANDIDATE_TABS } from "../model/state.js";
import { setTextMarks } from "../model/text-marks.js";
import { cellWidth, shortId, toCells } from "../text/cells.js";
import { yellow } from "../text/style.js";
import { codeText } from "./candidate-code.js";
import { diffText } from "./candidate-diff.js";
import { outputText, testsText, verdictText } from "./candidate-facts.js";
import { type CandidateReading, type MarkedText, note } from "./marked-text.js";
import { type PaneText, positionText } from "./pane-text.js";

/** Corners, the focus mark and spaces. */
const TITLE_MARGIN = 4;

/** What the cursor is on: code, diff, tests, output or verdict. */
export function drawCandidate(model: Model, width: number, height: number): PaneText {
	const { run, tab } = model.ui.getState();
	const candidate = selectedCandidate(model);
	const state = run?.store.getState().run;
	const runId = state?.runId ?? null;
	if (!candidate || !state || runId === null) return { title: "Candidate", rows: [] };
	const { rollout: place } = candidate;
	const rollout = place
		? model.cache.read(`${runId}:${place.offset}`, () => model.workbench.readRollout(runId, place))
		: null;
	const { texts, failures } = state.generation;
	const arrived = texts.get(candidate.row) ?? null;
	const reading = { runId, candidate, rollout, arrived, failure: failures.get(candidate.row) ?? null };
	const text = memo(model, reading, width);
	setTextMarks(model, "candidate", text.marks);
	model.scroll.limitLeft("candidate", text.overhang ?? 0);
	// The end of a text that grows is what is new.
	const end = Math.max(0, text.rows.length - height);
	const top = arrived !== null && tab === "code" ? end : model.scroll.top("candidate", height, text.rows.length);
	const tabs = CANDIDATE_TABS.map((name) => (name === tab ? `[${name}]` : ` ${name} `)).join("");
	const position = positionText(top, height, text.rows.length);
	// Where there is little room the place in the text goes first, then the middle of the id, never a tab.
	const room = width - TITLE_MARGIN;
	const rest = ` #${candidate.sampleIndex} ${tabs}`;
	const id = shortId(candidate.taskId, room - cellWidth(rest));
	const title = `${id}${rest} ${position}`.trimEnd();
	return {
		title: cellWidth(title) <= room ? title : id + rest,
		rows: text.rows.slice(top, top + height),
	};
}

interface Kept {
	key: string;
	state: string;
	text: MarkedText;
}
const lastText = new WeakMap<Model, Kept>();

/** The text is made again only when what it is made of changed, not at every frame and scroll. */
function memo(model: Model, reading: CandidateReading, width: number): MarkedText {
	const { tab, markedCandidate, columns, wraps } = model.ui.getState();
	const { candidate, rollout, runId } = reading;
	const key = [
		runId,
		candidate.row,
		candidate.stage,
		candidate.rollout?.offset,
		rollout?.state,
		reading.arrived,
		tab,
		width,
		wraps,
		model.scroll.place("candidate").left,
		columns,
		JSON.stringify(markedCandidate),
	].join("|");
	const kept = lastText.get(model);
	if (kept?.key === key && kept.state === "whole") return kept.text;
	const text = textOf(model, reading, width);
	// The diff's other side may still be on its way.
	const state = tab === "diff" || rollout?.state === "reading" ? "partial" : "whole";
	lastText.set(model, { key, state, text });
	return text;
}

function textOf(model: Model, reading: CandidateReading, width: number): MarkedText {
	const { tab, run, wraps } = model.ui.getState();
	const { rollout } = reading;
	const layout = { wraps, left: model.scroll.place("candidate").left };
	if (tab === "code") return codeText(model, reading, width, layout);
	if (rollout === null) return note("not judged yet", width);
	if (rollout.state === "reading") return note("reading", width);
	if (rollout.state === "failed") return { rows: [yellow(toCells(` ${rollout.message}`, width))], marks: [] };
	switch (tab) {
		case "diff":
			return diffText(model, reading, rollout.value, width, layout);
		case "tests":
			return testsText(rollout.value, width);
		case "output":
			return outputText(rollout.value.verdict.output, width, layout);
		case "verdict":
			return verdictText(reading, rollout.value, run?.store.getState().run.sandbox ?? null, width);
	}
}
