import { unseenTransitions } from "../src/app/world-eval.js";
import { inspectTensors, type TensorFigures } from "../src/app/world-inspect.js";
import { latentReport } from "../src/energy/world/eval-latent.js";
import { readWorldFolder } from "../src/energy/world/model-folder.js";
import { scoreTransitions } from "../src/energy/world/scored-transitions.js";
import { countOf } from "../src/lib/count.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { WorldInspectOptions } from "./cli/world-options.js";
import { matrixLines, shadeOfSome } from "./latent-matrix.js";
import { spreadTable } from "./world-eval-report.js";
import { withWorld } from "./world-model.js";

/** A world model's tensors, and how the vectors that it makes of transitions are spread. */
export async function inspectWorld(
	context: CommandContext,
	path: string,
	transitions: string | null,
	{ split, limit }: WorldInspectOptions,
): Promise<ExitCode> {
	const { signal, stdout, json } = context;
	const folder = await readWorldFolder(path, signal);
	const tensors: TensorFigures[] = [];
	for await (const tensor of inspectTensors(folder)) tensors.push(tensor);
	const latent = transitions === null ? null : await latentOf(context, path, transitions, { split, limit });
	if (json) {
		const { id, name, config, manifest } = folder;
		const { vectors = null, matrix = null } = latent ?? {};
		const { parents, files } = manifest;
		await writeJson(stdout, { id, name, config, parents, files, tensors, vectors, matrix });
		return 0;
	}
	const { width, maxTokens, pass } = folder.config;
	const values = tensors.reduce((sum, { count }) => sum + count, 0);
	const lines = [
		`${folder.name}, ${folder.id}: ${countOf(values, "number")} in ${countOf(tensors.length, "tensor")}`,
		`vectors of ${width}; programs up to ${maxTokens.state} tokens, questions up to ${maxTokens.action}; ${folder.pieces.length} pieces`,
		pass === null ? "no pass head" : `pass head calibrated on ${pass.fittedOn}`,
		"",
		...tensors.map(tensorLine),
		...(latent === null ? [] : ["", ...spreadTable(latent.vectors)]),
		...(latent?.matrix ? ["", ...matrixLines(latent.matrix)] : []),
	];
	for (const line of lines) await writeLine(stdout, printable(line));
	return 0;
}

/** How they are spread is no score of anything, so that tasks of any split may be looked at. */
async function latentOf(
	context: CommandContext,
	path: string,
	folder: string,
	{ split, limit }: Pick<WorldInspectOptions, "split" | "limit">,
) {
	const { signal } = context;
	return await withWorld(context, path, async (model) => {
		const { transitions } = await unseenTransitions({ model, folder, split, limit, allowSeen: true, seed: 0, signal });
		const scored = await scoreTransitions(model, transitions, { seed: 0, signal });
		return latentReport(scored);
	});
}

function tensorLine({ name, dtype, shape, mean, deviation, least, most, histogram, notFinite }: TensorFigures): string {
	const size = `${name}  ${dtype} ${shape.length === 0 ? "one number" : shape.join(" x ")}`;
	if (mean === null || deviation === null || least === null || most === null || histogram === null) return size;
	const of = (value: number): string => value.toPrecision(3);
	const broken = notFinite > 0 ? `, ${notFinite} NOT FINITE` : "";
	return `${size}  mean ${of(mean)}, deviation ${of(deviation)}, ${of(least)} to ${of(most)}${broken}  ${bars(histogram)}`;
}

/** The fullest bin is the darkest sign; one that is not empty is never blank. */
function bars(histogram: readonly number[]): string {
	const most = Math.max(...histogram);
	return `[${histogram.map((count) => shadeOfSome(count / most)).join("")}]`;
}
