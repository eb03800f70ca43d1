import { paneScrolling } from "../keys/binding.js";
import { energyKeys, energyOverviewKeys, energyRankingKeys, rankedCandidateKeys } from "../keys/energy-keys.js";
import { focusEnergy, rankedCandidateMoved, rankedTaskMoved, selectedRanked } from "../model/energy-actions.js";
import { energyOpened, isRanking } from "../model/energy-ranking.js";
import { recordedName } from "../model/energy-recorded.js";
import { energyState, energyTables } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { cyan } from "../text/style.js";
import { drawRankedCandidate } from "./energy-candidate.js";
import { drawEnergyOverview } from "./energy-overview.js";
import { drawRanking } from "./energy-ranking.js";
import { energySummary } from "./energy-summary.js";
import { type Area, hasThreePanes, hasTwoPanes, type PanePlace, splitAcross } from "./layout.js";
import type { Screen } from "./screen.js";
import { tableMouse } from "./table-pane.js";

const taskMouse = tableMouse((m) => energyTables(m).tasks, rankedTaskMoved);
const rankerMouse = tableMouse(
	(m) => energyTables(m).rankers,
	(m) => m.changed(),
);
const overviewMouse = (model: Model) => (energyState(model).overview === "rankers" ? rankerMouse : taskMouse);

/** What `/` filters: tasks, rankers, or the candidates of a task. */
function listOf(model: Model) {
	const { pane, overview } = energyState(model);
	const { tasks, candidates, rankers } = energyTables(model);
	if (pane !== "overview") return { table: candidates, moved: rankedCandidateMoved };
	if (overview === "rankers") return { table: rankers, moved: (m: Model) => m.changed() };
	return { table: tasks, moved: rankedTaskMoved };
}

/** The candidates of a run as each ranker orders them, without their verdicts until these are asked for. */
export const energyScreen: Screen = {
	id: 3,
	name: "Energy",
	keys: energyKeys,
	panes: {
		overview: {
			draw: drawEnergyOverview,
			keys: energyOverviewKeys,
			mouse: {
				focus: focusEnergy("overview"),
				wheel: (model, rows) => overviewMouse(model).wheel(model, rows),
				select: (model, point) => overviewMouse(model).select(model, point),
			},
		},
		ranking: {
			draw: drawRanking,
			keys: energyRankingKeys,
			mouse: {
				focus: focusEnergy("ranking"),
				...tableMouse((m) => energyTables(m).candidates, rankedCandidateMoved),
			},
		},
		ranked: {
			draw: drawRankedCandidate,
			keys: rankedCandidateKeys,
			mouse: { focus: focusEnergy("ranked"), wheel: paneScrolling("ranked").by },
		},
	},
	opened: energyOpened,
	focus: (model) => energyState(model).pane,
	layout: placePanes,
	crumbs(model) {
		const { open, pane } = energyState(model);
		if (!open) return ["nothing ranked"];
		const ranked = selectedRanked(model);
		return [
			open.recorded === null ? open.request.runId : recordedName(open.recorded.path),
			...(pane === "overview" || !ranked ? [] : [ranked.task.taskId]),
			...(pane === "ranked" && ranked ? [`#${ranked.sampleIndex}`] : []),
		];
	},
	status: (model) => (isRanking(model) ? { glyph: "●", word: "ranking", paint: cyan } : null),
	info: energySummary,
	filter: {
		focus: (model) => {
			if (energyState(model).pane === "ranked") focusEnergy("ranking")(model);
		},
		text: (model) => listOf(model).table.filter,
		set(model, text) {
			const { table, moved } = listOf(model);
			table.setFilter(text);
			moved(model);
		},
		move(model, by) {
			const { table, moved } = listOf(model);
			table.move(by);
			moved(model);
		},
		counts(model) {
			const { count, total } = listOf(model).table;
			return { shown: count, total };
		},
	},
};

function placePanes(model: Model, area: Area): PanePlace[] {
	const { pane, open, overview } = energyState(model);
	if (!hasTwoPanes(area.width) || !open || open.state.kind === "failed") return [{ id: pane, ...area }];
	if (!hasThreePanes(area.width)) {
		const [first, second] = splitAcross(area, [pane !== "overview" ? 0.5 : overview === "tasks" ? 0.42 : 0.66]);
		const panes = pane === "ranked" ? (["ranking", "ranked"] as const) : (["overview", "ranking"] as const);
		return [
			{ id: panes[0], ...first },
			{ id: panes[1], ...second },
		];
	}
	const [left, middle, right] = splitAcross(area, [overview === "tasks" ? 0.27 : 0.34, 0.36]);
	return [
		{ id: "overview", ...left },
		{ id: "ranking", ...middle },
		{ id: "ranked", ...right },
	];
}
