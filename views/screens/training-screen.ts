import { paneScrolling } from "../keys/binding.js";
import { hostListKeys, trainingDetailKeys, trainingListKeys, trainingScreenKeys } from "../keys/training-keys.js";
import { loadHosts, moveHost } from "../model/host-actions.js";
import { followHostQuestions } from "../model/host-questions.js";
import type { Model } from "../model/model.js";
import { filterTrainings, followTrainings, moveTraining, selectTrainingAt } from "../model/training-actions.js";
import {
	changeTrainings,
	countTrainings,
	hasAlarm,
	hasLiveTraining,
	remoteOf,
	selectedTraining,
	shownHosts,
	shownTrainings,
	trainingsState,
} from "../model/training-state.js";
import { toCells } from "../text/cells.js";
import { cyan, yellow } from "../text/style.js";
import { drawHostList } from "./host-list.js";
import { type Area, hasThreePanes, hasTwoPanes, type PanePlace, splitAcross } from "./layout.js";
import { drawRemoteLog } from "./remote-log.js";
import type { Screen } from "./screen.js";
import { drawTrainingDetail } from "./training-detail.js";
import { drawTrainingList } from "./training-list.js";

const MOST_ALARMS = 3;

/** Loops and trainings of the workspace, whichever process works at them. */
export const trainingScreen: Screen = {
	id: 5,
	name: "Training",
	keys: trainingScreenKeys,
	panes: {
		trainings: {
			draw: drawTrainingList,
			keys: trainingListKeys,
			mouse: {
				focus: (model) => changeTrainings(model, { pane: "trainings" }),
				wheel: moveTraining,
				// Below the head.
				select: (model, { row }) => selectTrainingAt(model, row - 1),
			},
		},
		training: {
			draw: drawTrainingDetail,
			keys: trainingDetailKeys,
			mouse: {
				focus: (model) => changeTrainings(model, { pane: "training" }),
				wheel: paneScrolling("training").by,
			},
		},
		hosts: {
			draw: drawHostList,
			keys: hostListKeys,
			mouse: {
				focus: (model) => changeTrainings(model, { pane: "hosts" }),
				wheel: moveHost,
			},
		},
		log: { draw: drawRemoteLog, keys: null },
	},
	opened(model) {
		void followTrainings(model);
		void followHostQuestions(model);
		void loadHosts(model);
	},
	focus: (model) => trainingsState(model).pane,
	layout: placePanes,
	crumbs: (model) =>
		({
			trainings: ["loops and trainings"],
			training: [selectedTraining(model)?.id ?? "nothing"],
			hosts: ["hosts"],
		})[trainingsState(model).pane],
	filter: {
		focus: (model) => changeTrainings(model, { pane: "trainings" }),
		text: (model) => trainingsState(model).filter,
		set: filterTrainings,
		move: moveTraining,
		counts: (model) => ({ shown: shownTrainings(model).length, total: countTrainings(model) }),
	},
	status(model) {
		if (hasAlarm(model)) return { glyph: "!", word: "alarm of a training", paint: yellow };
		return hasLiveTraining(model) ? { glyph: "●", word: "training", paint: cyan } : null;
	},
	// Where the other pane is seen, they stand there in full.
	info: (model: Model, width: number) =>
		hasTwoPanes(width) || trainingsState(model).pane === "training"
			? []
			: (selectedTraining(model)?.alarms ?? [])
					.slice(0, MOST_ALARMS)
					.map(({ text }) => yellow(toCells(` ! ${text}`, width))),
};

const HOST_ROWS = 3;
const LEAST_HOST_ROWS = 5;
const LOG_SHARE = 0.3;
const LEAST_LOG_ROWS = 6;

/** Lists on the left, the hosts below the trainings; what is selected beside them, with the log of one on another machine. */
function placePanes(model: Model, area: Area): PanePlace[] {
	const { pane } = trainingsState(model);
	if (!hasTwoPanes(area.width)) return [{ id: pane, ...area }];
	const hasLog = remoteOf(model) !== null;
	const isWide = hasThreePanes(area.width) && hasLog;
	const [left, middle, right] = isWide
		? splitAcross(area, [0.3, 0.4])
		: [...splitAcross(area, [0.42] satisfies [number]), null];
	const most = Math.max(LEAST_HOST_ROWS, Math.floor(area.height / 3));
	const hostRows = Math.min(most, shownHosts(model).length + HOST_ROWS);
	const logRows = hasLog && right === null ? Math.max(LEAST_LOG_ROWS, Math.floor(area.height * LOG_SHARE)) : 0;
	return [
		{ id: "trainings", ...left, height: left.height - hostRows },
		{ id: "hosts", ...left, y: left.y + left.height - hostRows, height: hostRows },
		{ id: "training", ...middle, height: middle.height - logRows },
		...(right === null ? [] : [{ id: "log", ...right }]),
		...(logRows === 0 ? [] : [{ id: "log", ...middle, y: middle.y + middle.height - logRows, height: logRows }]),
	];
}
