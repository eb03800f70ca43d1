import { processesOf } from "../../src/domain/job-counts.js";
import type { RemoteActivity } from "../../src/store/remote-activity.js";
import { limitLeftMs, remoteCost } from "../../src/store/remote-cost.js";
import { trainingMembers } from "../../src/store/training-members.js";
import { type TrainingMetrics, trainingEtaMs } from "../../src/store/training-metrics.js";
import type { Model } from "../model/model.js";
import { toCells, visible } from "../text/cells.js";
import { formatBytes, formatClock, formatCount } from "../text/format.js";
import { dollars, type LinkLevel, linkText } from "../text/remote-text.js";
import { bold, dim, green, type Paint, red, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { memberRows } from "./member-rows.js";

const LINK_PAINTS: Record<LinkLevel, Paint> = { good: green, doubtful: yellow, bad: red, none: dim };

/** How a training on another machine stands: place, progress, money, link, room on its disk. */
export function remoteHead(
	model: Model,
	training: TrainingMetrics & { remote: RemoteActivity; isRunning: boolean },
	width: number,
): string[] {
	const { remote } = training;
	const nowMs = Date.parse(model.clock());
	const link = linkText(remote, training.isRunning, nowMs);
	const row = rowOf(width);
	const disk =
		remote.freeBytes === null || remote.link?.link !== "live"
			? ""
			: `  ${formatBytes(remote.freeBytes)} free on its disk`;
	const linkRows = wrapText(`${model.isSpoken ? "" : `${link.glyph} `}${visible(link.text)}${disk}`, width - 1);
	return [
		row(placeText(remote), bold),
		row(progressText(training, remote, nowMs)),
		...costRows(training, remote, nowMs, row),
		...linkRows.map((text) => row(text, LINK_PAINTS[link.level])),
	];
}

/** What is under way, those that train together, and what was compared at the end. */
export function remoteRows(
	model: Model,
	{ remote, job }: TrainingMetrics & { remote: RemoteActivity },
	width: number,
): string[] {
	const row = rowOf(width);
	const members = trainingMembers(remote, processesOf(job));
	return [...transferRows(remote, row), ...memberRows(model, members, width), ...proofRows(remote, row)];
}

type Row = (text: string, paint?: Paint) => string;
const rowOf =
	(width: number): Row =>
	(text, paint = (same) => same) =>
		paint(toCells(` ${text}`, width));

function placeText({ run }: RemoteActivity): string {
	const attempt = run.attempt === 1 ? "" : `, attempt ${run.attempt}`;
	const others = run.peers.length === 0 ? "" : ` with ${run.peers.map(({ host }) => host).join(", ")}`;
	return `on ${run.host}${others}${attempt}: ${visible(run.folder)}`;
}

function progressText(training: TrainingMetrics, { run }: RemoteActivity, nowMs: number): string {
	const { step, total } = training;
	const eta = trainingEtaMs(training);
	const left = limitLeftMs(run, nowMs);
	return [
		`step ${formatCount(step)}${total === null ? "" : ` of ${formatCount(total)}`}`,
		...(eta === null ? [] : [`ETA ${formatClock(eta)}`]),
		...(left === null ? [] : [`ended by its ${run.limit?.reason} in ${formatClock(left)}`]),
	].join("  ");
}

function costRows(training: TrainingMetrics, { run }: RemoteActivity, nowMs: number, row: Row): string[] {
	const cost = remoteCost(run, trainingEtaMs(training), nowMs);
	if (cost === null) return [row("no price is known of the host", dim)];
	const { spent, workedMs, budget, share, projected, isOver } = cost;
	const parts = [
		`${dollars(spent)} in ${formatClock(workedMs)}`,
		...(budget === null || share === null ? [] : [`${Math.round(share * 100)} % of ${dollars(budget)}`]),
		...(projected === null ? [] : [`${dollars(projected)} projected${isOver ? ", over the budget" : ""}`]),
	];
	return [row(parts.join("  "), isOver || (share ?? 0) > 1 ? yellow : undefined)];
}

function transferRows({ transfer }: RemoteActivity, row: Row): string[] {
	if (transfer === null) return [];
	const { direction, bytes, total } = transfer;
	return [row(`${direction === "up" ? "sent" : "brought"} ${formatBytes(bytes)} of ${formatBytes(total)}`)];
}

/** That the copy here is what is there, with the figures to look it up by. */
function proofRows({ proofs }: RemoteActivity, row: Row): string[] {
	return [...proofs].map(([file, { bytes, sha256, isEqual }]) => {
		const text = `${file}  ${formatCount(bytes)} bytes  sha256 ${sha256.slice(0, 16)}`;
		return isEqual ? row(`${text}  as on the host`, dim) : row(`${text}  NOT as on the host: it is brought anew`, red);
	});
}
