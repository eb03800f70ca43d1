import { rewardText } from "../screens/sample-rows.js";
import type { Model } from "./model.js";
import { activityOf, selectedTraining } from "./training-state.js";

function samplesOf(model: Model) {
	const activity = activityOf(model);
	return activity?.kind === "training" ? activity.training.samples : [];
}

export const hasSamples = (model: Model) => samplesOf(model).length > 0;

/** What the model wrote lately, whole, the newest first. */
export function showSamples(model: Model): void {
	const texts = samplesOf(model)
		.toReversed()
		.map((sample) => {
			const { step, taskId, text, isCut } = sample;
			return `step ${step}  ${taskId}  ${rewardText(sample)}\n\n${text.trimEnd()}${isCut ? "\n… it goes on" : ""}\n`;
		});
	model.scroll.reset("dialog");
	const title = `What ${selectedTraining(model)?.id ?? "it"} wrote lately`;
	model.ui.setState({ dialog: { kind: "text", title, text: texts.join("\n") } });
}
