import { AssayError } from "../lib/errors.js";

/** A Python with torch: ASSAY_TRAINER_PYTHON, else the system's, else the first in PATH. Throws `prerequisite`. */
export async function findTrainerPython(
	signal: AbortSignal,
	environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
	const { execa } = await import("execa");
	const named = environment.ASSAY_TRAINER_PYTHON;
	const tried: string[] = [];
	for (const python of named ? [named] : ["/usr/bin/python3", "python3"]) {
		const looked = { timeout: 120_000, stdin: "ignore", cancelSignal: signal } as const;
		const probe = await execa(python, ["-c", "import torch, numpy"], looked).catch(
			(error: { stderr?: string }) => error,
		);
		signal.throwIfAborted();
		if ("exitCode" in probe && probe.exitCode === 0) return python;
		tried.push(`${python}: ${probe.stderr?.trim().split("\n").at(-1) || "does not run"}`);
	}
	throw new AssayError("prerequisite", `no Python with torch to train with (${tried.join("; ")})`, {
		hint: "sudo apt-get install python3-torch python3-numpy libopenblas0-pthread, or name an interpreter in ASSAY_TRAINER_PYTHON",
	});
}
