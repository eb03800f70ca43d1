import { paneScrolling } from "../keys/binding.js";
import { trainingDetailKeys, trainingListKeys, trainingScreenKeys } from "../keys/training-keys.js";
import type { Model } from "../model/model.js";
import { filterTrainings, followTrainings, moveTraining, selectTrainingAt } from "../model/training-actions.js";
import {
	changeTrainings,
	countTrainings,
	hasAlarm,
	hasLiveTraining,
	selectedTraining,
	shownTrainings,
	trainingsState,
} from "../model/training-state.js";
import { toCells } from "../text/cells.js";
import { cyan, yellow } from "../text/style.js";
import { hasTwoPanes, splitAcross } from "./layout.js";
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
	},
	opened: (model) => void followTrainings(model),
	focus: (model) => trainingsState(model).pane,
	layout(model, area) {
		if (!hasTwoPanes(area.width)) return [{ id: trainingsState(model).pane, ...area }];
		const [left, right] = splitAcross(area, [0.42]);
		return [
			{ id: "trainings", ...left },
			{ id: "training", ...right },
		];
	},
	crumbs: (model) =>
		trainingsState(model).pane === "training" ? [selectedTraining(model)?.id ?? "nothing"] : ["loops and trainings"],
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
	info: (model: Model, width: number) =>
		(selectedTraining(model)?.alarms ?? [])
			.slice(0, MOST_ALARMS)
			.map(({ text }) => yellow(toCells(` ! ${text}`, width))),
};
