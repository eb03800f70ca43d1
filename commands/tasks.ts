import { importTasks } from "../src/app/import-tasks.js";
import { listTasks, openTask, revealHiddenTests } from "../src/app/list-tasks.js";
import { splitTasks } from "../src/app/split-tasks.js";
import type { TaskDetail, TaskRow } from "../src/app/workbench.js";
import { SPLITS } from "../src/domain/task.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import { countOf } from "../src/lib/count.js";
import { atPlace } from "../src/lib/schema.js";
import type { OpenTasksOptions } from "../src/tasks/open-tasks.js";
import { DEFAULT_FRACTIONS, parseFractions } from "../src/tasks/splits.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { ImportOptions, ShowOptions, SplitOptions, TasksOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { type Column, printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { createProgress } from "./cli/progress.js";

export function selectionOf(options: TasksOptions, signal: AbortSignal): OpenTasksOptions {
	const { format, filter, limit, task } = options;
	return { format, filter, limit, ids: task, signal };
}

const COLUMNS: readonly Column<TaskRow>[] = [
	{ title: "ID", text: (row) => row.id, maxWidth: 32 },
	{ title: "TITLE", text: (row) => row.title, maxWidth: 36 },
	{ title: "LANGUAGE", text: (row) => row.language },
	{ title: "LEVEL", text: (row) => row.difficulty ?? "-" },
	{ title: "SPLIT", text: (row) => row.split ?? "-" },
	{ title: "PUBLIC", text: (row) => String(row.publicTests), align: "right" },
	{ title: "HIDDEN", text: (row) => String(row.hiddenTests), align: "right" },
	{ title: "RECORDED", text: (row) => String(row.candidates), align: "right" },
];

export async function list(context: CommandContext, path: string, options: TasksOptions): Promise<ExitCode> {
	const rows = listTasks(path, selectionOf(options, context.signal));
	let count = 0;
	const counted = (async function* () {
		for await (const row of rows) {
			count++;
			yield row;
		}
	})();
	if (context.json) for await (const row of counted) await writeJson(context.stdout, row);
	else for await (const line of tableLines(COLUMNS, counted)) await writeLine(context.stdout, line);
	if (!context.quiet && !context.json) await writeLine(context.stderr, countOf(count, "task"));
	return 0;
}

export async function show(context: CommandContext, path: string, id: string, options: ShowOptions): Promise<ExitCode> {
	const selection = { format: options.format };
	const detail = await openTask(path, id, selection);
	const hidden = options.revealHidden === true ? await revealHiddenTests(path, id, selection) : null;
	if (context.json) {
		await writeJson(context.stdout, hidden === null ? detail : { ...detail, hiddenTestTexts: hidden });
		return 0;
	}
	for (const line of detailLines(detail, hidden)) await writeLine(context.stdout, printable(line, "\n\t"));
	return 0;
}

function* detailLines(detail: TaskDetail, hidden: readonly string[] | null): Generator<string> {
	const { input, limits, source, location } = detail;
	const facts: [string, string][] = [
		["title", detail.title],
		["kind", `${detail.kind}, ${detail.language}`],
		["entry point", input.entryPoint ?? "-"],
		["difficulty", detail.difficulty ?? "-"],
		["tags", detail.tags.join(", ") || "-"],
		["split", detail.split ?? "-"],
		["tests", `${detail.publicTests} public, ${detail.hiddenTests} hidden`],
		["recorded candidates", String(detail.candidates)],
		[
			"limits",
			`${limits.adaptive ? `ten times the reference's CPU time, 1000 to ${limits.cpuTimeMs}` : limits.cpuTimeMs} ms of CPU, ${Math.round(limits.memoryBytes / 2 ** 20)} MiB of memory`,
		],
		["source", [source.origin, source.license ?? "no licence named", source.url ?? ""].filter(Boolean).join(", ")],
		["contamination", detail.contamination ?? "nobody has said"],
		["read from", `${location.file}${location.line === null ? "" : `:${location.line}`}`],
	];
	yield detail.id;
	for (const [name, value] of facts) yield `  ${name.padEnd(20)}${value}`;
	if (detail.harness === "in_guest") yield "  its tests run in the candidate's own process, which weakens a verdict";
	yield* section("Prompt", [input.prompt]);
	if (input.starterCode !== "" && input.starterCode !== input.prompt)
		yield* section("Starter code", [input.starterCode]);
	if (input.publicTests.length > 0) yield* section("Public tests", input.publicTests);
	if (hidden !== null) yield* section("Hidden tests", hidden);
}

function* section(title: string, texts: readonly string[]): Generator<string> {
	yield "";
	yield `${title}:`;
	const apart = texts.some((text) => text.trimEnd().includes("\n"));
	for (const [index, text] of texts.entries()) {
		if (apart && index > 0) yield "";
		yield text.trimEnd().replace(/^(?=.)/gm, "  ");
	}
}

export async function importTo(context: CommandContext, path: string, options: ImportOptions): Promise<ExitCode> {
	const out = outFile(options.out) ?? path;
	const progress = createProgress(context, { label: "import", unit: "tasks", total: null });
	const selection = selectionOf(options, context.signal);
	const result = await importTasks(path, out, { ...selection, onTask: progress.update });
	progress.end();
	if (context.json) await writeJson(context.stdout, { out, ...result });
	if (context.quiet) return 0;
	await writeLine(context.stderr, `${countOf(result.taskCount, "task")} written to ${options.out}`);
	if (result.withoutCandidates > 0) {
		await writeLine(
			context.stderr,
			`${result.withoutCandidates} of them without their recorded candidates, which cannot be named from there`,
		);
	}
	return 0;
}

export async function split(context: CommandContext, path: string, options: SplitOptions): Promise<ExitCode> {
	const { fractions: shares } = options;
	const out = outFile(options.out);
	const fractions = shares === undefined ? DEFAULT_FRACTIONS : atPlace("--fractions", () => parseFractions(shares));
	const { manifest, declaredElsewhere } = await splitTasks(path, {
		...selectionOf(options, context.signal),
		seed: options.seed,
		fractions,
		keepDeclared: options.keepDeclared === true,
	});
	if (out !== null) writeFileAtomic(out, `${JSON.stringify(manifest, null, "\t")}\n`);
	if (context.json) await writeJson(context.stdout, manifest);
	else {
		for (const name of SPLITS) {
			const ids = manifest.splits[name];
			if (ids.length > 0) await writeLine(context.stdout, `${name.padEnd(14)}${String(ids.length).padStart(7)}`);
		}
		await writeLine(context.stdout, `fingerprint   ${manifest.fingerprint}`);
	}
	if (!context.quiet && declaredElsewhere > 0) {
		const many = `${declaredElsewhere} ${declaredElsewhere === 1 ? "task names" : "tasks name"}`;
		await writeLine(context.stderr, `${many} another split; --keep-declared leaves such tasks there`);
	}
	return 0;
}
