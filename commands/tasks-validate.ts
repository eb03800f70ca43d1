import { type Finding, type FindingRule, validateTasks } from "../src/app/validate-tasks.js";
import { SPLITS, type Split } from "../src/domain/task.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import { countTasks } from "../src/tasks/open-tasks.js";
import { readSplitManifest } from "../src/tasks/splits.js";
import type { Verifier } from "../src/verify/verifier.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { ValidateOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import { createProgress } from "./cli/progress.js";
import { selectionOf } from "./tasks.js";

export async function validate(context: CommandContext, path: string, options: ValidateOptions): Promise<ExitCode> {
	const out = outFile(options.out);
	const selection = selectionOf(options, context.signal);
	const splitOf = options.splits === undefined ? null : await splitLookup(options.splits);
	const total = await countTasks(path, selection);
	const verifier = options.judge ? await openJudge(options, context.signal) : null;
	const progress = createProgress(context, { label: "validate", unit: "tasks", total });
	const counts = { error: 0, warning: 0, note: 0 };
	const notes = new Map<FindingRule, number>();
	const lines: string[] = [];
	try {
		const findings = validateTasks(path, verifier, {
			...selection,
			signal: context.signal,
			judge: options.judge,
			candidates: options.candidates === true,
			...(splitOf === null ? {} : { splitOf }),
			onTask: progress.update,
		});
		for await (const finding of findings) {
			counts[finding.level]++;
			if (out !== null) lines.push(JSON.stringify(finding));
			progress.end();
			if (context.json) await writeJson(context.stdout, finding);
			else if (finding.level === "note") notes.set(finding.rule, (notes.get(finding.rule) ?? 0) + 1);
			else await writeLine(context.stdout, findingLine(finding));
		}
	} finally {
		progress.end();
		await verifier?.close();
	}
	if (out !== null) writeFileAtomic(out, lines.map((line) => `${line}\n`).join(""));
	// Of one kind there may be as many as tasks: MBPP's have no hidden tests.
	for (const [rule, count] of notes) await writeLine(context.stdout, `note     ${count} x ${rule} (--json names them)`);
	if (!context.quiet) await writeLine(context.stderr, summary(total, counts, verifier));
	return counts.error > 0 || (options.strict === true && counts.warning > 0) ? 1 : 0;
}

async function openJudge(options: ValidateOptions, signal: AbortSignal): Promise<Verifier> {
	const { openVerifier } = await import("../src/verify/open-verifier.js");
	// Without the cache: what was right once may be what has to be found broken.
	return await openVerifier({
		workers: options.workers ?? null,
		tier: options.sandbox ?? null,
		cacheDir: null,
		signal,
	});
}

async function splitLookup(path: string): Promise<(taskId: string) => Split | null> {
	const manifest = await readSplitManifest(path);
	const splits = new Map<string, Split>();
	for (const split of SPLITS) for (const id of manifest.splits[split]) splits.set(id, split);
	return (taskId) => splits.get(taskId) ?? null;
}

function findingLine(finding: Finding): string {
	const { level, taskId, rule, message, location } = finding;
	const place = location.line === null ? location.file : `${location.file}:${location.line}`;
	return printable(`${level.padEnd(7)}  ${taskId}  ${message} [${rule}] ${place}`);
}

function summary(total: number, counts: Record<Finding["level"], number>, verifier: Verifier | null): string {
	const count = (level: Finding["level"]): string => `${counts[level]} ${level}${counts[level] === 1 ? "" : "s"}`;
	const judged = verifier === null ? "nothing was judged" : `judged in tier ${verifier.sandbox.tier}`;
	return `${total} ${total === 1 ? "task" : "tasks"}: ${count("error")}, ${count("warning")}, ${count("note")}; ${judged}`;
}
