import type { RemoteActivity } from "../../src/store/remote-activity.js";
import { remoteStateText } from "../../src/store/remote-texts.js";
import { formatClock } from "./format.js";

export type LinkLevel = "good" | "doubtful" | "bad" | "none";

/** How the way to the host stands, or what became of the training there. */
export function linkText(
	{ run, link, linkAtMs }: RemoteActivity,
	isRunning: boolean,
	nowMs: number,
): { glyph: string; text: string; level: LinkLevel } {
	const { state } = run.last;
	if (!isRunning) {
		const isDone = state.state === "ended" && state.exit.reason === "exit" && state.exit.code === 0;
		const isAsked = state.state === "ended" && state.exit.reason === "stop";
		return isDone
			? { glyph: "✓", text: remoteStateText(state), level: "none" }
			: { glyph: "!", text: remoteStateText(state), level: isAsked ? "doubtful" : "bad" };
	}
	if (state.state === "prepared") return { glyph: "●", text: "it is sent there and started", level: "good" };
	const lost = state.state === "running" ? "" : `; ${remoteStateText(state)}`;
	const since = linkAtMs === null ? 0 : Math.max(0, nowMs - linkAtMs);
	if (link === null) {
		return {
			glyph: "·",
			text: `not followed; ${remoteStateText(state)} when last seen, ${seenText(run.last.seenAt, nowMs)}`,
			level: "doubtful",
		};
	}
	switch (link.link) {
		case "live":
			return { glyph: "●", text: `live${lost}`, level: lost === "" ? "good" : "doubtful" };
		case "stale":
			return { glyph: "!", text: `stale: no answer for ${Math.round((link.ms + since) / 1000)} s`, level: "doubtful" };
		case "reconnecting": {
			const next = Math.max(0, link.inMs - since);
			const when = next === 0 ? "now" : `in ${(next / 1000).toFixed(1)} s`;
			return { glyph: "!", text: `reconnecting, attempt ${link.attempt}, next ${when}: ${link.reason}`, level: "bad" };
		}
	}
}

function seenText(seenAt: string, nowMs: number): string {
	return `${formatClock(nowMs - Date.parse(seenAt))} ago`;
}

/** e.g. "$4.12". Cents, and more of what is less than a cent. */
export function dollars(value: number): string {
	return value > 0 && value < 0.01 ? `$${value.toFixed(4)}` : `$${value.toFixed(2)}`;
}
