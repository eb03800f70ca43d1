import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Limits } from "../domain/task.js";
import type { CapturedOutput, Tier } from "../domain/verdict.js";
import { wallGuardMs } from "./judge-protocol.js";
import { bubblewrapArguments, CHILD_ENVIRONMENT, judgeFolder, sandboxUser } from "./launch.js";
import type { PythonRuntime } from "./python-runtime.js";
import { buildSeccompFilter } from "./seccomp.js";

export interface CommandOutcome {
	exitCode: number | null;
	signal: string | null;
	timedOut: boolean;
	outputOver: boolean;
	output: CapturedOutput;
	/** What the program wrote on descriptor 4. */
	report: string;
	wallTimeMs: number;
}

const KEEP = 4000;
const REPORT_CAP = 32 << 20;
const RUNNER = "repo_runner.py";

/** `runner`: the judge's own test runner, which gets `input` on descriptor 3 and reports on descriptor 4. */
export type SandboxCommand = { kind: "argv"; argv: readonly string[] } | { kind: "runner"; input: string };

/** Runs one program over `folder`, which it may write to, in the given tier. Returns when all of it is gone. */
export async function runInSandbox(options: {
	tier: Tier;
	python: Pick<PythonRuntime, "path" | "prefix">;
	folder: string;
	command: SandboxCommand;
	limits: Limits;
	signal: AbortSignal;
}): Promise<CommandOutcome> {
	const { tier, python, folder, command, limits, signal } = options;
	signal.throwIfAborted();
	const started = performance.now();
	const runner = openSync(join(judgeFolder(), RUNNER), "r");
	const filter = process.platform === "linux" ? buildSeccompFilter(process.arch, "real") : null;
	const flags = ["-s", "-S", "-W", "ignore"];
	const inside = tier === "bwrap" ? "/judge/runner.py" : join(judgeFolder(), RUNNER);
	const argv = command.kind === "argv" ? [...command.argv] : [python.path, ...flags, inside];
	if (argv[0] === "python3") argv[0] = python.path;
	const stdio = ["ignore", "pipe", "pipe", "pipe", "pipe", runner, "pipe"] as const;
	const child =
		tier === "bwrap"
			? spawn(
					"bwrap",
					[
						...bubblewrapArguments(python.prefix),
						...["--tmpfs", "/tmp", "--bind", folder, "/work", "--ro-bind-data", "5", "/judge/runner.py"],
						...["--remount-ro", "/", "--chdir", "/work", "--clearenv"],
						...Object.entries(CHILD_ENVIRONMENT).flatMap(([name, value]) => ["--setenv", name, value]),
						...(filter ? ["--seccomp", "6"] : []),
						...argv,
					],
					{
						stdio: [...stdio],
						env: { PATH: process.env.PATH ?? "/usr/bin:/bin" },
						cwd: "/",
						detached: true,
						...sandboxUser(),
					},
				)
			: spawn(argv[0] ?? python.path, argv.slice(1), {
					stdio: [...stdio],
					env: { ...CHILD_ENVIRONMENT, HOME: folder, TMPDIR: folder },
					cwd: folder,
					detached: true,
					...sandboxUser(),
				});
	closeSync(runner);
	const kill = (): void => {
		try {
			if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
		} catch {
			child.kill("SIGKILL");
		}
	};
	const state = { timedOut: false, outputOver: false };
	const guard = setTimeout(() => {
		state.timedOut = true;
		kill();
	}, wallGuardMs(limits.cpuTimeMs));
	signal.addEventListener("abort", kill, { once: true });
	const output: CapturedOutput = { bytes: 0, head: "", tail: "" };
	const capture = (chunk: Buffer): void => {
		output.bytes += chunk.length;
		const text = chunk.toString("utf8");
		const room = KEEP - output.head.length;
		output.head += text.slice(0, Math.max(0, room));
		output.tail = (output.tail + text.slice(Math.max(0, room))).slice(-KEEP);
		if (output.bytes > limits.outputBytes && !state.outputOver) {
			state.outputOver = true;
			kill();
		}
	};
	let report = "";
	for (const stream of child.stdio) stream?.on("error", () => {});
	child.stdout?.on("data", capture);
	child.stderr?.on("data", capture);
	(child.stdio[4] as Readable).on("data", (chunk: Buffer) => {
		if (report.length < REPORT_CAP) report += chunk.toString("utf8");
	});
	(child.stdio[3] as Writable).end(command.kind === "runner" ? command.input : "");
	((child.stdio as readonly unknown[])[6] as Writable).end(filter ?? Buffer.alloc(0));
	const end = await new Promise<{ exitCode: number | null; signal: string | null }>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (exitCode, signalName) => resolve({ exitCode, signal: signalName }));
	}).finally(() => {
		clearTimeout(guard);
		signal.removeEventListener("abort", kill);
		// Without a namespace, what the tests left behind is still in the group.
		kill();
	});
	signal.throwIfAborted();
	return { ...end, ...state, output, report, wallTimeMs: performance.now() - started };
}
