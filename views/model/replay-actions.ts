import type { RunEvent } from "../../src/domain/events.js";
import type { Replay, StepUnit } from "../../src/store/replay.js";
import { STATUS_SIGNS } from "../screens/glyphs.js";
import { formatClock, formatCount } from "../text/format.js";
import type { Dialog } from "./dialog.js";
import { type Model, tell, tellError } from "./model.js";

export function replayOf(model: Model): Replay | null {
	return model.ui.getState().run?.replay ?? null;
}

/** A step to a verdict takes the cursor to its candidate. */
export function stepReplay(model: Model, direction: 1 | -1, unit: StepUnit): void {
	const { run } = model.ui.getState();
	run?.replay?.step(direction, unit);
	if (!run?.replay || unit === "event") return;
	const event = run.replay.eventBefore(run.replay.status().position);
	if (event?.type !== "verdict.recorded") return;
	const boardTask = run.store.getState().run.taskIndex.get(event.taskId);
	model.scroll.reset("candidate");
	if (boardTask !== undefined) model.ui.setState({ boardTask, sample: event.sampleIndex });
}

function isBookmarked(model: Model): boolean {
	const { run } = model.ui.getState();
	return run?.replay != null && run.bookmarks.includes(run.replay.status().position);
}

/** Sets a bookmark where the replay is, or takes it away; it is kept in the workspace. */
export function toggleBookmark(model: Model): void {
	const { run } = model.ui.getState();
	if (!run?.replay || run.runId === null) return;
	const { position } = run.replay.status();
	const isThere = isBookmarked(model);
	run.bookmarks = isThere
		? run.bookmarks.filter((other) => other !== position)
		: [...run.bookmarks, position].sort((a, b) => a - b);
	model.changed();
	tell(model, "note", isThere ? "bookmark taken away" : `bookmark at event ${formatCount(position)}; B shows them all`);
	void model.workbench
		.keepBookmarks(run.runId, run.bookmarks)
		.catch((error: unknown) => tellError(model, "bookmarks", error));
}

/** Lets the user choose a bookmark to go to. */
export function pickBookmark(model: Model): void {
	const { run } = model.ui.getState();
	const replay = run?.replay;
	if (!run || !replay) return;
	const { position } = replay.status();
	const items = run.bookmarks.map((at) => ({
		label: `event ${formatCount(at)}`,
		detail: `${formatClock(replay.timeOf(at))}  ${describe(replay.eventBefore(at))}`,
		onPick: () => replay.seek(at),
	}));
	const after = run.bookmarks.findIndex((at) => at > position);
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: {
			kind: "pick",
			title: "Go to a bookmark",
			items,
			position: Math.max(0, after),
			empty: "none yet: b sets one where the replay is",
		},
	});
}

function describe(event: RunEvent | null): string {
	if (event === null) return "the start";
	const candidate = "sampleIndex" in event ? `${event.taskId} #${event.sampleIndex}` : "";
	if (event.type === "verdict.recorded") {
		const { glyph, word } = STATUS_SIGNS[event.verdict.status];
		return `${glyph} ${word}  ${candidate}`;
	}
	const where = candidate || ("taskId" in event ? event.taskId : "");
	return `${event.type}  ${where}`;
}

/** Opens the line for a place to go to. */
export function openSeek(model: Model): void {
	model.ui.setState({ dialog: { kind: "seek", text: "", error: null } });
}

export type SeekDialog = Extract<Dialog, { kind: "seek" }>;

/** Goes to what was typed, or says why it is no place. */
export function seekTo(model: Model, { text }: SeekDialog): void {
	const replay = replayOf(model);
	const place = placeOf(text);
	if (!replay || place === null) {
		const error = "an event's number, a time as 1:30 or 90s, or a share as 50%";
		model.ui.setState({ dialog: { kind: "seek", text, error } });
		return;
	}
	model.ui.setState({ dialog: null });
	if (place.kind === "time") replay.seekTime(place.ms);
	else if (place.kind === "share") replay.seek(Math.round(place.share * replay.status().total));
	else replay.seek(place.position);
}

type SeekPlace = { kind: "event"; position: number } | { kind: "time"; ms: number } | { kind: "share"; share: number };
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `1200` or `1,200`: after so many events; `1:30`, `1:02:03`, `90s`, `2m`: that long after the start; `50%`. */
export function placeOf(text: string): SeekPlace | null {
	const words = text.trim().replaceAll(",", "");
	if (/^\d+$/.test(words)) return { kind: "event", position: Number(words) };
	const share = /^(\d+(?:\.\d+)?)%$/.exec(words);
	if (share) return { kind: "share", share: Math.min(1, Number(share[1]) / 100) };
	const span = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)$/.exec(words);
	if (span) return { kind: "time", ms: Number(span[1]) * (UNIT_MS[span[2] ?? ""] ?? 0) };
	if (!/^\d+(:\d\d){1,2}(\.\d+)?$/.test(words)) return null;
	return { kind: "time", ms: words.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000 };
}
