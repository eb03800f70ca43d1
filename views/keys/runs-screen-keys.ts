import { hasFolders } from "../../src/store/lineage-rows.js";
import { closeAudit, startAudit } from "../model/audit-actions.js";
import { openCopyMenu } from "../model/copy-actions.js";
import { rankRun } from "../model/energy-ranking.js";
import { canResume, resumeRun } from "../model/live-runs.js";
import { openLog } from "../model/log-view.js";
import type { Model } from "../model/model.js";
import {
	archiveSelected,
	askToDelete,
	checkFiles,
	compareMarked,
	filterRunTable,
	markAllRuns,
	markRun,
	openSelected,
	pickRunSort,
	rankedRuns,
	rankRuns,
	reloadRuns,
	repeatSelected,
	replaySelected,
	reverseRunSort,
	runMoved,
	selectedRun,
	showLineage,
} from "../model/runs-actions.js";
import { runRowTexts } from "../model/runs-texts.js";
import { type KeyTable, leaveKeys, moveKeys, paneScrolling, tableKeys } from "./binding.js";

const hasRun = (m: Model) => selectedRun(m) !== null;
function hasFiles(m: Model): boolean {
	const lineage = m.ui.getState().runDetail?.lineage ?? null;
	return lineage !== null && hasFolders(lineage);
}
const areOpen = (m: Model) => m.ui.getState().foldersOpen;
const inTable = (m: Model) => m.ui.getState().runsPane === "table";

function toOtherPane(m: Model): void {
	m.ui.setState((was) => ({ runsPane: was.runsPane === "table" ? "run" : "table" }));
	if (m.ui.getState().runDetail === null) showLineage(m);
}

function openSelectedLog(m: Model): void {
	ofSelected(m, (runId) => openLog(m, runId));
}

const auditRun = (m: Model) => ofSelected(m, (runId) => startAudit(m, { kind: "files", runId }));
const auditSecrets = (m: Model) => ofSelected(m, (runId) => startAudit(m, { kind: "secrets", runId }));

function ofSelected(m: Model, act: (runId: string) => void): void {
	const row = selectedRun(m);
	if (row !== null) act(row.runId);
}

/** One layer out; false where there is none. */
function back(m: Model): boolean {
	const { zoomed, markedRuns } = m.ui.getState();
	if (zoomed) m.ui.setState({ zoomed: false });
	else if (closeAudit(m)) m.ui.setState({ runsPane: "table" });
	else if (!inTable(m)) m.ui.setState({ runsPane: "table" });
	else if (m.runs.filter !== "") filterRunTable(m, "");
	else if (markedRuns.length > 0) m.ui.setState({ markedRuns: [] });
	else return false;
	return true;
}

export const runTableKeys: KeyTable = {
	title: "Table of runs",
	bindings: [
		...tableKeys("run", (m) => m.runs, runMoved),
		{ keys: ["enter"], label: "open in Best-of-N", hint: 10, hintLabel: "open", enabled: hasRun, run: openSelected },
		{ keys: ["space"], label: "mark, to compare or rank", hint: 40, hintLabel: "mark", enabled: hasRun, run: markRun },
		{ keys: ["l", "right"], label: "lineage", hint: 35, enabled: hasRun, run: toOtherPane },
	],
};

export const runDetailKeys: KeyTable = {
	title: "Run",
	bindings: [
		...moveKeys("scroll", paneScrolling("run")),
		{ keys: ["enter"], label: "open in Best-of-N", hintLabel: "open", hint: 20, enabled: hasRun, run: openSelected },
		{
			keys: ["l", "right"],
			label: "every file, or folders in one line",
			hint: 15,
			hintLabel: (m) => (areOpen(m) ? "fold" : "files"),
			enabled: hasFiles,
			run: (m) => m.ui.setState({ foldersOpen: !areOpen(m) }),
		},
		{ keys: ["h", "left"], label: "back to the table", hint: 10, run: (m) => m.ui.setState({ runsPane: "table" }) },
	],
};

export const runsScreenKeys: KeyTable = {
	title: "Runs",
	bindings: [
		{ keys: ["p"], label: "replay", hint: 20, enabled: hasRun, run: (m) => void replaySelected(m) },
		{ keys: ["L"], label: "log of the run", hint: 72, hintLabel: "log", enabled: hasRun, run: openSelectedLog },
		{ keys: ["v"], label: "compare the marked", hint: 45, hintLabel: "compare", enabled: hasRun, run: compareMarked },
		{
			keys: ["B"],
			label: "leaderboard of the marked, or of all shown",
			hintLabel: (m) => `rank ${rankedRuns(m).length}`,
			hint: 47,
			enabled: hasRun,
			run: rankRuns,
		},
		{
			keys: ["O"],
			label: "rank its candidates, on the Energy screen",
			hintLabel: "rank candidates",
			hint: 71,
			enabled: hasRun,
			run: (m) => ofSelected(m, (runId) => rankRun(m, runId, null)),
		},
		{ keys: ["a"], label: "mark all shown, or none", enabled: hasRun, run: markAllRuns },
		{
			keys: ["u"],
			label: "resume",
			hint: 15,
			enabled: (m) => canResume(m, selectedRun(m)?.runId ?? null),
			run: (m) => resumeRun(m, selectedRun(m)?.runId ?? ""),
		},
		{ keys: ["r"], label: "run again", hint: 50, enabled: hasRun, run: (m) => void repeatSelected(m) },
		{
			keys: ["c"],
			label: "compare files with their checksums",
			hintLabel: "checksums",
			hint: 55,
			enabled: (m) => m.ui.getState().runDetail !== null,
			run: checkFiles,
		},
		{ keys: ["x"], label: "look for secrets in the run", enabled: hasRun, run: auditSecrets },
		{ keys: ["V"], label: "verify the run with its manifest", enabled: hasRun, run: auditRun },
		{ keys: ["W"], label: "verify the whole workspace", run: (m) => startAudit(m, { kind: "files", runId: null }) },
		{
			keys: ["K"],
			label: "check the claims",
			hint: 76,
			hintLabel: "claims",
			run: (m) => startAudit(m, { kind: "claims" }),
		},
		{ keys: ["A"], label: "archive", hint: 65, enabled: hasRun, run: archiveSelected },
		{ keys: ["D"], label: "delete (asks)", hint: 70, hintLabel: "delete", enabled: hasRun, run: askToDelete },
		{ keys: ["s"], label: "sort", hint: 60, enabled: hasRun, run: pickRunSort },
		{ keys: ["S"], label: "runs in reverse order", enabled: hasRun, run: reverseRunSort },
		{ keys: ["R"], label: "read the runs again", run: (m) => void reloadRuns(m) },
		{ keys: ["y"], label: "copy…", hint: 75, enabled: hasRun, run: (m) => openCopyMenu(m, runRowTexts(m)) },
		{ keys: ["tab", "shift-tab"], label: "other pane", inPalette: "here", enabled: hasRun, run: toOtherPane },
		...leaveKeys(back),
	],
};
