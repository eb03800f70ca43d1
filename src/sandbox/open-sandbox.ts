import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { execa } from "execa";
import type { SandboxInfo } from "../domain/run.js";
import type { Tier } from "../domain/verdict.js";
import { AssayError } from "../lib/errors.js";
import { type PreflightResult, preflight } from "./canaries.js";
import { JudgePool } from "./judge-pool.js";
import { findPython, type PythonRuntime } from "./python-runtime.js";

export interface Sandbox {
	pool: JudgePool;
	info: SandboxInfo;
	python: PythonRuntime;
}

/**
 * Starts the judge in the wanted tier, or in the best one that passes its preflight. Throws `prerequisite` when the
 * wanted tier cannot be had and `judge` when even known answers are judged wrong.
 */
export async function openSandbox(options: {
	tier: Tier | null;
	workers: number | null;
	signal: AbortSignal;
}): Promise<Sandbox> {
	const { tier, workers, signal } = options;
	if (tier === "sandbox-exec")
		throw new AssayError("prerequisite", "the sandbox-exec tier is not built yet; use --sandbox rlimit");
	const python = await findPython();
	const bwrap = await bubblewrapVersion();
	let problem = bwrap === null ? "bubblewrap is not installed" : null;
	if (tier !== "rlimit" && bwrap !== null && process.platform === "linux") {
		const attempt = await start("bwrap", python, workers, signal).catch((error: unknown) => error);
		signal.throwIfAborted();
		if (!(attempt instanceof Error)) {
			const { pool, result } = attempt as Started;
			if (result.broken.size === 0) return { pool, python, info: describe("bwrap", result, python, bwrap, null) };
			await pool.close();
			problem = `in bubblewrap these probes failed: ${result.failed.join(", ")}`;
		} else {
			problem = `bubblewrap does not work here: ${attempt.message.trim().split("\n").at(-1)}`;
		}
	}
	if (tier === "bwrap")
		throw new AssayError("prerequisite", `no bwrap tier: ${problem}`, { hint: raiseHint(bwrap, problem) });
	const { pool, result } = await start("rlimit", python, workers, signal);
	if (result.broken.has("judge")) {
		await pool.close();
		throw new AssayError("judge", `preflight failed, nothing is scored: ${result.failed.join(", ")}`);
	}
	return { pool, python, info: describe("rlimit", result, python, bwrap, problem) };
}

interface Started {
	pool: JudgePool;
	result: PreflightResult;
}

async function start(tier: Tier, python: PythonRuntime, workers: number | null, signal: AbortSignal): Promise<Started> {
	const pool = new JudgePool({ tier, python, workers });
	try {
		return { pool, result: await preflight(pool, signal) };
	} catch (error) {
		await pool.close();
		throw error;
	}
}

const LOSSES = {
	network: "a block on network access",
	files: "protection of other files against writes",
	reading: "protection of other files against reads",
	processes: "a view without other processes",
	tracing: "a block on tracing",
	judge: "right verdicts on known answers",
} as const;

function describe(
	tier: Tier,
	result: PreflightResult,
	python: PythonRuntime,
	bwrapVersion: string | null,
	problem: string | null,
): SandboxInfo {
	const { broken, passed, total, failed, wallTimeMs } = result;
	return {
		tier,
		memoryControl: null,
		network: broken.has("network"),
		readOnlyRoot: !broken.has("files"),
		seccomp: process.platform === "linux" && (process.arch === "x64" || process.arch === "arm64"),
		missing: [...(tier === "rlimit" ? ["namespaces of its own"] : []), ...[...broken].map((name) => LOSSES[name])],
		raise: tier === "bwrap" || process.platform !== "linux" ? null : raiseHint(bwrapVersion, problem),
		kernel: `${process.platform} ${release()}`,
		bwrapVersion,
		pythonPath: python.path,
		pythonVersion: python.version,
		canaries: { passed, total, failed, wallTimeMs: Math.round(wallTimeMs) },
	};
}

async function bubblewrapVersion(): Promise<string | null> {
	const found = await execa("bwrap", ["--version"], { timeout: 10_000, stdin: "ignore" }).catch(() => null);
	return found?.stdout.trim().replace(/^bubblewrap /, "") ?? null;
}

/** The one command that raises the tier on this machine. */
function raiseHint(bwrapVersion: string | null, problem: string | null = null): string {
	if (bwrapVersion !== null && problem === null) return "leave out --sandbox rlimit";
	if (bwrapVersion !== null) {
		const restricted = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
		if (existsSync(restricted) && readFileSync(restricted, "utf8").trim() === "1") {
			return "printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }\\n' | sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap";
		}
		const clone = "/proc/sys/kernel/unprivileged_userns_clone";
		if (existsSync(clone) && readFileSync(clone, "utf8").trim() === "0")
			return "sudo sysctl kernel.unprivileged_userns_clone=1";
		return `allow user namespaces for bubblewrap${problem ? ` (${problem})` : ""}`;
	}
	const managers: [string, string][] = [
		["/usr/bin/apt-get", "sudo apt-get install bubblewrap"],
		["/usr/bin/dnf", "sudo dnf install bubblewrap"],
		["/usr/bin/pacman", "sudo pacman -S bubblewrap"],
		["/usr/bin/zypper", "sudo zypper install bubblewrap"],
		["/sbin/apk", "sudo apk add bubblewrap"],
	];
	return managers.find(([path]) => existsSync(path))?.[1] ?? "install bubblewrap with this system's package manager";
}
