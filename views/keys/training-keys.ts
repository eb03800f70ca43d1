import { addHost, askForRent, checkSelectedHost, moveHost, openHost } from "../model/host-actions.js";
import type { Model } from "../model/model.js";
import {
	attach,
	canAttach,
	canDetach,
	canFetch,
	detach,
	fetchCheckpoint,
	hasRemoteLog,
	openRemoteLog,
} from "../model/remote-actions.js";
import { toggleRawTail } from "../model/remote-log.js";
import {
	askToStop,
	canCompare,
	canResumeTraining,
	canStop,
	compareIterations,
	moveTraining,
	nextAxis,
	nextSmoothing,
	pickTrainingSort,
	resumeTraining,
} from "../model/training-actions.js";
import { hasModels, pickTrainingModel } from "../model/training-models.js";
import { hasSamples, showSamples } from "../model/training-samples.js";
import { pickTraining } from "../model/training-start.js";
import {
	activityOf,
	changeTrainings,
	selectedHost,
	selectedTraining,
	trainingsState,
} from "../model/training-state.js";
import { type KeyTable, leaveKeys, moveKeys, paneScrolling } from "./binding.js";

const toList = (m: Model) => changeTrainings(m, { pane: "trainings" });
const toDetail = (m: Model) => changeTrainings(m, { pane: "training" });
const hasTraining = (m: Model) => selectedTraining(m) !== null;
const hasCharts = (m: Model) => activityOf(m)?.kind === "training";

const hasHost = (m: Model) => selectedHost(m) !== null;
const NEXT_PANE = { trainings: "training", training: "hosts", hosts: "trainings" } as const;

function back(m: Model): boolean {
	if (m.ui.getState().zoomed) m.ui.setState({ zoomed: false });
	else if (trainingsState(m).pane !== "trainings") toList(m);
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

export const hostListKeys: KeyTable = {
	title: "Hosts",
	bindings: [
		...moveKeys("host", {
			by: moveHost,
			page: (m) => m.scroll.page("hosts"),
			toStart: (m) => moveHost(m, Number.NEGATIVE_INFINITY),
			toEnd: (m) => moveHost(m, Number.MAX_SAFE_INTEGER),
		}),
		{
			keys: ["enter", "l", "right"],
			label: "what is known of it",
			hintLabel: "open",
			hint: 20,
			enabled: hasHost,
			run: openHost,
		},
		{
			keys: ["c"],
			label: "connect, and look at all that a training needs there",
			hintLabel: "check",
			hint: 3,
			enabled: hasHost,
			run: checkSelectedHost,
		},
		{
			keys: ["e"],
			label: "begin or end the clock of its rent",
			hintLabel: "rent",
			hint: 21,
			enabled: (m) => selectedHost(m)?.pricePerHour != null,
			run: askForRent,
		},
		{ keys: ["n"], label: "describe a host in hosts.yaml…", hintLabel: "new", hint: 4, run: addHost },
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
		{
			keys: ["a"],
			label: "follow it on its host, until it has ended",
			hintLabel: "attach",
			hint: 7,
			enabled: canAttach,
			run: attach,
		},
		{
			keys: ["d"],
			label: "let go of it; it goes on there",
			hintLabel: "detach",
			hint: 8,
			enabled: canDetach,
			run: detach,
		},
		{
			keys: ["F"],
			label: "bring its checkpoint",
			hintLabel: "fetch",
			hint: 9,
			enabled: canFetch,
			run: fetchCheckpoint,
		},
		{
			keys: ["C"],
			label: "its models: keep one now, fetch, evaluate, compare…",
			hintLabel: "models",
			hint: 11,
			enabled: hasModels,
			run: pickTrainingModel,
		},
		{
			keys: ["S"],
			label: "what its model wrote lately, with rewards",
			hintLabel: "samples",
			hint: 18,
			enabled: hasSamples,
			run: showSamples,
		},
		{ keys: ["L"], label: "its log", hintLabel: "log", hint: 16, enabled: hasRemoteLog, run: openRemoteLog },
		{
			keys: ["w"],
			label: "its log in words, or the lines of the file",
			hintLabel: "raw log",
			hint: 33,
			enabled: hasRemoteLog,
			run: toggleRawTail,
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
			label: "next pane: trainings, one of them, hosts",
			inPalette: "here",
			run: (m) => changeTrainings(m, { pane: NEXT_PANE[trainingsState(m).pane] }),
		},
		...leaveKeys(back),
	],
};
