import { type MappedCandidate, mapTask, type TaskMap } from "../src/app/map-task.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import type { WorldMapOptions } from "./cli/world-options.js";
import { type CandidateName, withWorldOnTask } from "./world-model.js";

/** Where a world model has the candidates of a task, and their energies if another question had been asked. */
export async function mapWorld(
	context: CommandContext,
	task: Pick<CandidateName, "run" | "task">,
	options: WorldMapOptions,
): Promise<ExitCode> {
	const { instead = null } = options;
	const map = await withWorldOnTask(context, task, options, (question) => mapTask({ ...question, instead }));
	if (context.json) await writeJson(context.stdout, map);
	else {
		for (const line of headLines(map)) await writeLine(context.stdout, printable(line));
		for await (const line of tableLines(columnsOf(map), map.candidates)) await writeLine(context.stdout, line);
	}
	return 0;
}

function* headLines({ taskId, model, seen, instead, shown, shares, starts }: TaskMap): Generator<string> {
	yield `${taskId}, by ${model.name}, ${model.id}`;
	if (seen !== null) yield `seen: the model was trained on it (by its ${seen.by}): nothing here counts`;
	const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
	yield `the plane shows ${percent(shown)} of the variance of the vectors, its first axis ${percent(shares.x)}, its second ${percent(shares.y)}; energies are of all of it`;
	for (const { before, predicted, swapped } of starts) {
		yield `before ${placeText(before)}, predicted ${placeText(predicted)}${swapped === null ? "" : `, by the question of ${instead} ${placeText(swapped)}`}`;
	}
	yield "";
}

function columnsOf({ instead }: TaskMap) {
	const right = "right" as const;
	return [
		{ title: "sample", text: ({ sampleIndex }: MappedCandidate) => `#${sampleIndex}`, align: right },
		{ title: "verdict", text: ({ accepted }: MappedCandidate) => (accepted ? "accepted" : "rejected") },
		{ title: "energy", text: ({ energy }: MappedCandidate) => energy.toFixed(4), align: right },
		...(instead === null
			? []
			: [
					{
						title: "other question",
						text: ({ swapped }: MappedCandidate) => swapped?.toFixed(4) ?? "-",
						align: right,
					},
					{
						title: "difference",
						text: ({ energy, swapped }: MappedCandidate) => (swapped === null ? "-" : (swapped - energy).toFixed(4)),
						align: right,
					},
				]),
		{ title: "place", text: ({ place }: MappedCandidate) => placeText(place), align: right },
		{
			title: "nearest",
			text: ({ neighbours }: MappedCandidate) =>
				neighbours.map(({ sampleIndex, distance }) => `#${sampleIndex} ${distance.toFixed(2)}`).join("  "),
		},
	];
}

function placeText({ x, y }: { x: number; y: number }): string {
	return `${x.toFixed(2)},${y.toFixed(2)}`;
}
