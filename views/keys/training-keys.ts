import type { Model } from "../model/model.js";
import {
	askToStop,
	canCompare,
	canResumeTraining,
	canStop,
	compareIterations,
	moveTraining,
	nextAxis,
	nextSmoothing,
	pickTraining,
	pickTrainingSort,
	resumeTraining,
} from "../model/training-actions.js";
import { activityOf, changeTrainings, selectedTraining, trainingsState } from "../model/training-state.js";
import { type KeyTable, leaveKeys, moveKeys, paneScrolling } from "./binding.js";

const toList = (m: Model) => changeTrainings(m, { pane: "trainings" });
const toDetail = (m: Model) => changeTrainings(m, { pane: "training" });
const hasTraining = (m: Model) => selectedTraining(m) !== null;
const hasCharts = (m: Model) => activityOf(m)?.kind === "training";

function back(m: Model): boolean {
	if (m.ui.getState().zoomed) m.ui.setState({ zoomed: false });
	else if (trainingsState(m).pane === "training") toList(m);
	else return false;
	return true;
}

export const trainingListKeys: KeyTable = {
	title: "Loops and trainings",
	bindings: [
		...moveKeys("loop or training", {
			by: moveTraining,
			page: (m) => m.scroll.page("trainings"),
			toStart: (m) => moveTraining(m, Number.NEGATIVE_INFINITY),
			toEnd: (m) => moveTraining(m, Number.MAX_SAFE_INTEGER),
		}),
		{
			keys: ["enter", "l", "right"],
			label: "its stages, curves and charts",
			hintLabel: "open",
			hint: 20,
			enabled: hasTraining,
			run: toDetail,
		},
		{ keys: ["s"], label: "sort", hint: 60, enabled: hasTraining, run: pickTrainingSort },
	],
};

export const trainingDetailKeys: KeyTable = {
	title: "Loop or training",
	bindings: [
		...moveKeys("scroll", paneScrolling("training")),
		{
			keys: ["s"],
			label: "smoothing: 0.6, 0.9, none",
			hintLabel: "smooth",
			hint: 30,
			enabled: hasCharts,
			run: nextSmoothing,
		},
		{ keys: ["h", "left"], label: "back to the list", hint: 25, hintLabel: "back", run: toList },
	],
};

export const trainingScreenKeys: KeyTable = {
	title: "Training",
	bindings: [
		{
			keys: ["r"],
			label: "start a loop or a training…",
			hintLabel: "start",
			hint: 10,
			run: (m) => void pickTraining(m),
		},
		{
			keys: ["x"],
			label: "stop it; what is done is kept",
			hintLabel: "stop",
			hint: 5,
			enabled: canStop,
			run: askToStop,
		},
		{
			keys: ["u"],
			label: "go on with an interrupted one",
			hintLabel: "go on",
			hint: 6,
			enabled: canResumeTraining,
			run: resumeTraining,
		},
		{
			keys: ["v"],
			label: "compare the last two iterations",
			hintLabel: "compare",
			hint: 15,
			enabled: canCompare,
			run: compareIterations,
		},
		{ keys: ["t"], label: "x by step, time, tokens", hintLabel: "x axis", hint: 31, enabled: hasCharts, run: nextAxis },
		{
			keys: ["Y"],
			label: "scale of powers of ten, or not",
			enabled: hasCharts,
			run: (m) => m.ui.setState((was) => ({ logScale: !was.logScale })),
		},
		{
			keys: ["tab", "shift-tab"],
			label: "other pane",
			inPalette: "here",
			run: (m) => (trainingsState(m).pane === "training" ? toList(m) : toDetail(m)),
		},
		...leaveKeys(back),
	],
};
