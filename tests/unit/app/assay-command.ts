import { rmSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { runCommand } from "../../../commands/main.js";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { type RunFiles, runFiles } from "../../../src/artifacts/layout.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings } from "./run-fixtures.js";

/** Records a run of two tasks with two candidates each. */
export async function recordRun(workspace: string): Promise<RunFiles> {
	const result = await runBestOfN({
		...surroundings(workspace),
		random: Math.random,
		verifier: fakeVerifier(),
		inputs: memoryInputs([functionTask("a"), functionTask("b")]),
		config: runConfig({ n: 2 }),
		resume: null,
	});
	return runFiles(join(workspace, "artifacts"), result.runId);
}

/** As a kill after the last verdict leaves it. */
export function takeResultAway(files: RunFiles): void {
	for (const path of [files.manifest, files.result, files.report]) rmSync(path);
}

interface Typed {
	isTTY?: boolean;
	text: string;
}

/** Runs the program in this process; `typed` is what comes in on its standard input. */
export async function assay(workspace: string, argv: readonly string[], typed: Typed = { text: "" }) {
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	const stdin = Object.assign(new PassThrough(), { isTTY: typed.isTTY === true });
	stdin.end(typed.text);
	const { signal } = new AbortController();
	const code = await runCommand(argv, { stdin, stdout, stderr, signal, env: {}, cwd: workspace });
	return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

export function jsonLines(text: string) {
	return text
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
}
