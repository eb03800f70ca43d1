import { fetchCheckpoint, type WantedModel } from "../src/app/fetch-checkpoint.js";
import { keepModelNow, keptModels } from "../src/app/kept-models.js";
import { placeOfTraining } from "../src/app/training-place.js";
import { stepsOf } from "../src/domain/job-counts.js";
import { sizeText } from "../src/lib/file-size.js";
import { ageText } from "../src/lib/point-in-time.js";
import type { KeptModel } from "../src/remote/kept-models.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { hostQuestions } from "./cli/host-questions.js";
import { type Column, printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { remoteOutput } from "./remote-output.js";

function columnsAt(now: number): readonly Column<KeptModel>[] {
	return [
		{ title: "STEP", text: ({ step }) => String(step), align: "right" },
		{ title: "WHAT", text: ({ isFinal }) => (isFinal ? "last" : "on the way") },
		{ title: "ATTEMPT", text: ({ attempt }) => String(attempt), align: "right" },
		{ title: "SIZE", text: ({ bytes }) => sizeText(bytes), align: "right" },
		{ title: "AGE", text: (model) => ageText(writtenAt(model), now), align: "right" },
		{ title: "FOLDER", text: ({ folder }) => folder },
	];
}

/** Models of a training that are whole, on whatever machine they are. */
export async function list(context: CommandContext, reference: string): Promise<ExitCode> {
	const { stdout, stderr, json, quiet } = context;
	// Rows alone go to standard output.
	const models = await keptModels(reach({ ...context, json: false }, reference));
	if (json) for (const model of models) await writeJson(stdout, { ...model, writtenAt: writtenAt(model) });
	else for await (const line of tableLines(columnsAt(Date.now()), models)) await writeLine(stdout, line);
	if (models.length === 0 && !quiet && !json) await writeLine(stderr, "no whole model is there yet");
	return 0;
}

/** Has the trainer write a model at its next step, and waits until it is whole. */
export async function keepNow(context: CommandContext, reference: string): Promise<ExitCode> {
	const { stdout, json, quiet, stderr } = context;
	const reached = reach(context, reference);
	if (!quiet) await writeLine(stderr, printable(`${reached.place.id} is asked for a model at its next step`));
	const model = await keepModelNow(reached);
	if (json)
		await writeJson(stdout, { type: "checkpoint.kept", id: reached.place.id, ...model, writtenAt: writtenAt(model) });
	else await writeLine(stdout, printable(`step ${model.step}, ${sizeText(model.bytes)}: ${model.folder}`));
	return 0;
}

export async function fetch(context: CommandContext, reference: string, wanted: WantedModel): Promise<ExitCode> {
	const { workspace, stdout, json } = context;
	const checkpoint = await fetchCheckpoint({ workspace, wanted, ...reach(context, reference) });
	if (json) await writeJson(stdout, { type: "train.checkpoint", checkpoint });
	else await writeLine(stdout, printable(checkpoint));
	return 0;
}

function reach(context: CommandContext, reference: string) {
	const place = placeOfTraining(context.workspace, reference, hostQuestions(context));
	return { place, signal: context.signal, onEvent: remoteOutput(context, stepsOf(place.job)).onEvent };
}

function writtenAt({ writtenAt }: KeptModel): string {
	return new Date(writtenAt * 1000).toISOString();
}
