import type { Model } from "../model/model.js";
import { logTail } from "../model/remote-log.js";
import { remoteOf } from "../model/training-state.js";
import { toCells } from "../text/cells.js";
import { formatBytes, plural } from "../text/format.js";
import { dim } from "../text/style.js";
import { endRows, textEndRows } from "./log-pane.js";
import type { PaneText } from "./pane-text.js";

/** What the selected training says on its host, always at its end. */
export function drawRemoteLog(model: Model, width: number, height: number): PaneText {
	const log = logTail(model);
	if (log === null) return { title: "Log", rows: [] };
	const status = log.update?.status;
	const shown = model.isSpoken ? 1 : height;
	const end = remoteOf(model)?.logEnd ?? null;
	if (end !== null && (status?.bytes ?? 0) < end.bytes) {
		const here = `${formatBytes(status?.bytes ?? 0)} of ${formatBytes(end.bytes)} are here`;
		return { title: `Log · its end there · ${here}`, rows: textEndRows(log, end.lines, width, shown) };
	}
	const rows = endRows(model, log, width, shown);
	const said = status ? ` · ${plural(status.lines, "line")} ${formatBytes(status.bytes)}` : "";
	if (rows.length > 0) return { title: `Log${said}`, rows };
	const why =
		status === undefined ? "reading" : status.isMissing ? "nothing of it is here yet: a follows it" : "nothing yet";
	return { title: `Log${said}`, rows: [dim(toCells(`  ${why}`, width))] };
}
