import { existsSync } from "node:fs";
import { readFittedRankers } from "../src/app/fitted-rankers.js";
import { rankFolder } from "../src/app/rank-folder.js";
import type { FolderRanking } from "../src/domain/folder-ranking.js";
import type { WorldModel } from "../src/energy/world/world-model.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import { countOf } from "../src/lib/count.js";
import { AssayError } from "../src/lib/errors.js";
import { readTextFile } from "../src/lib/input-file.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { RankOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { withWorld } from "./world-model.js";

/** Programs of a folder, whole or as diffs, in the order in which a model would try them; none is run. */
export async function rankCandidateFolder(
	context: CommandContext,
	what: readonly string[],
	options: RankOptions,
): Promise<ExitCode> {
	const { before, instruction, candidates, entryPoint = null, model: folder } = options;
	if (what.length > 0) throw new AssayError("usage", `--candidates takes no run: ${what.join(" ")}`);
	if (before === undefined || instruction === undefined || candidates === undefined) {
		throw new AssayError("usage", "--candidates needs --before FILE and --instruction TEXT or FILE");
	}
	const out = outFile(options.out);
	const question = {
		before,
		instruction: existsSync(instruction) ? await readTextFile(instruction, MOST_BYTES) : instruction,
		candidates,
		entryPoint,
		fitted: options.fitted === undefined ? null : await readFittedRankers(options.fitted),
		allowSeen: options.allowSeen === true,
		signal: context.signal,
	};
	const rank = async (model: WorldModel | null) => await rankFolder({ ...question, model });
	const ranking = folder === undefined ? await rank(null) : await withWorld(context, folder, rank);
	if (out !== null) writeFileAtomic(out, `${JSON.stringify(ranking)}\n`);
	return await writeFolderRanking(context, ranking);
}

const MOST_BYTES = 1024 * 1024;

type Ranked = FolderRanking["candidates"][number];

export async function writeFolderRanking(context: CommandContext, ranking: FolderRanking): Promise<ExitCode> {
	const { stdout } = context;
	if (context.json) {
		await writeJson(stdout, ranking);
		return 0;
	}
	const { by, model, fitted, entryPoint, candidates } = ranking;
	const line = async (text: string) => await writeLine(stdout, printable(text));
	await line(`${countOf(candidates.length, "candidate")} for ${entryPoint ?? "no function"}, by ${by}; none was run`);
	await line(model === null ? "energy      no model; --model names one" : `energy      of ${model.name}, ${model.id}`);
	const seen = model?.seen ?? fitted?.seen ?? null;
	if (seen !== null)
		await line(`seen        ${seen.checkpoint} was taught by this instruction: nothing that it says counts`);
	await line("");
	const number = (value: number | null, digits: number) => (value === null ? "-" : value.toFixed(digits));
	const columns = [
		{ title: "file", text: ({ file }: Ranked) => file, maxWidth: 40 },
		{ title: "program", text: programText },
		{ title: "valid", text: ({ valid }: Ranked) => (valid ? "yes" : "no") },
		{ title: "energy", text: ({ energy }: Ranked) => number(energy, 4), align: "right" as const },
		{ title: "to no edit", text: ({ energyDelta }: Ranked) => number(energyDelta, 4), align: "right" as const },
		{ title: "pass", text: ({ passProbability }: Ranked) => number(passProbability, 3), align: "right" as const },
		{ title: "equal to", text: ({ duplicateOf }: Ranked) => duplicateOf ?? "", maxWidth: 24 },
	];
	for await (const row of tableLines(columns, candidates)) await writeLine(stdout, row);
	return 0;
}

function programText({ program, parses }: Ranked): string {
	if (program.kind === "refused") return `refused: ${program.reason}`;
	return `${program.kind}${parses === false ? ", does not parse" : ""}`;
}
