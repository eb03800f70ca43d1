import { execa } from "execa";
import type { SandboxInfo } from "../domain/run.js";
import type { Tier } from "../domain/verdict.js";
import { AssayError } from "../lib/errors.js";
import { openVerifier } from "../verify/open-verifier.js";

interface Finding {
	name: string;
	ok: boolean;
	detail: string;
	/** How to get it; null when there is nothing to do. */
	hint: string | null;
}

export interface Examination {
	sandbox: SandboxInfo;
	findings: Finding[];
}

/** Starts the judge, runs its probes, and looks for what other commands can use. Throws when nothing can be judged. */
export async function examineMachine(options: {
	tier: Tier | null;
	/** Folder of the model that ships with the program. */
	model: string;
	signal: AbortSignal;
}): Promise<Examination> {
	const verifier = await openVerifier({ workers: null, tier: options.tier, cacheDir: null, signal: options.signal });
	const { sandbox } = verifier;
	await verifier.close();
	const findings: Finding[] = [
		{ name: "node", ok: true, detail: process.versions.node, hint: null },
		{ name: "python", ok: true, detail: `${sandbox.pythonVersion} at ${sandbox.pythonPath}`, hint: null },
		{
			name: "sandbox",
			ok: sandbox.missing.length === 0,
			detail:
				sandbox.missing.length === 0
					? `${sandbox.tier}, nothing missing`
					: `${sandbox.tier}, which lacks ${sandbox.missing.join("; ")}`,
			hint: sandbox.raise,
		},
		{
			name: "probes",
			ok: sandbox.canaries.failed.length === 0,
			detail: `${sandbox.canaries.passed} of ${sandbox.canaries.total} held in ${sandbox.canaries.wallTimeMs} ms`,
			hint: sandbox.canaries.failed.length === 0 ? null : `not held: ${sandbox.canaries.failed.join(", ")}`,
		},
		await modelFinding(options.model, options.signal),
		await program("git", ["--version"], "only needed to fetch repositories"),
		await program(
			sandbox.pythonPath,
			["-c", "import sys; sys.path.append('/usr/lib/python3/dist-packages'); import pytest; print(pytest.__version__)"],
			"repository tasks with `runner: pytest` need the system's pytest, for example `sudo apt-get install python3-pytest`",
			"pytest",
		),
	];
	return { sandbox, findings };
}

async function modelFinding(folder: string, signal: AbortSignal): Promise<Finding> {
	const { tryModel } = await import("../generate/onnx/try-model.js");
	try {
		return { name: "models", ok: true, detail: await tryModel(folder, signal), hint: null };
	} catch (error) {
		if (!(error instanceof AssayError)) throw error;
		return { name: "models", ok: false, detail: error.message, hint: error.hint };
	}
}

async function program(command: string, argv: string[], hint: string, name = command): Promise<Finding> {
	const found = await execa(command, argv, { timeout: 20_000, stdin: "ignore" }).catch(() => null);
	if (found === null) return { name, ok: false, detail: "not found", hint };
	return { name, ok: true, detail: found.stdout.trim().split("\n")[0] ?? "", hint: null };
}
