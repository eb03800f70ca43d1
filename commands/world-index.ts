import { resolve } from "node:path";
import { similarToCandidate } from "../src/app/explain-candidate.js";
import { indexTransitions, type SimilarEdit } from "../src/energy/world/edit-index.js";
import { countOf } from "../src/lib/count.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { createProgress, type Progress } from "./cli/progress.js";
import type { WorldIndexOptions, WorldSimilarOptions } from "./cli/world-options.js";
import { type CandidateName, withWorld, withWorldOn } from "./world-model.js";

/** Writes an index of the edits of transitions. */
export async function indexWorld(
	context: CommandContext,
	transitions: string,
	options: WorldIndexOptions,
): Promise<ExitCode> {
	const folder = resolve(options.out);
	let progress: Progress | null = null;
	const onProgress = (done: number, total: number): void => {
		progress ??= createProgress(context, { label: "index", unit: "transitions", total });
		progress.update(done);
	};
	const { signal } = context;
	const manifest = await withWorld(context, options.model, (model) =>
		indexTransitions(model, { transitions, folder }, { signal, onProgress }),
	).finally(() => (progress as Progress | null)?.end());
	if (context.json) await writeJson(context.stdout, { folder, ...manifest });
	else await writeLine(context.stdout, printable(`${countOf(manifest.count, "edit")} in ${folder}`));
	return 0;
}

/** Past edits that are like a candidate's; of these nothing is in its energy. */
export async function similarWorld(
	context: CommandContext,
	candidate: CandidateName,
	options: WorldSimilarOptions,
): Promise<ExitCode> {
	const { index, count } = options;
	const edits = await withWorldOn(context, candidate, options, (question) =>
		similarToCandidate({ ...question, index, count }),
	);
	if (context.json) {
		for (const edit of edits) await writeJson(context.stdout, edit);
		return 0;
	}
	const columns = [
		{ title: "distance", text: ({ distance }: SimilarEdit) => distance.toFixed(4), align: "right" as const },
		{ title: "group", text: ({ group }: SimilarEdit) => group, maxWidth: 30 },
		{ title: "source", text: ({ source }: SimilarEdit) => source },
		{ title: "label", text: ({ label }: SimilarEdit) => label ?? "not run" },
		{ title: "asked", text: ({ action }: SimilarEdit) => action.replaceAll("\n", " "), maxWidth: 60 },
	];
	for await (const line of tableLines(columns, edits)) await writeLine(context.stdout, line);
	return 0;
}
