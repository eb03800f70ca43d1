import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_LIMITS } from "../domain/task.js";
import type { Tier } from "../domain/verdict.js";
import { AssayError } from "../lib/errors.js";
import { sha256 } from "../lib/hash.js";
import type { PythonRuntime } from "./python-runtime.js";
import { buildSeccompFilter } from "./seccomp.js";

const NOBODY = 65534;
export const CHILD_ENVIRONMENT = {
	PATH: "/usr/bin:/bin",
	LANG: "C.UTF-8",
	// Not `python3 -I`: it ignores PYTHONHASHSEED, and verdicts of programs that order by hash would vary.
	PYTHONHASHSEED: "0",
	PYTHONSAFEPATH: "1",
	PYTHONDONTWRITEBYTECODE: "1",
};
export const PYTHON_FLAGS = ["-s", "-S", "-W", "ignore"];
/** First descriptor for the judge's source files; 0, 1, 3, 4 are channels and 2 is stderr. */
const FIRST_SOURCE_FD = 5;

/** Folder of the judge's Python files: beside this module in a clone, beside the bundle in `dist`. */
export function judgeFolder(): string {
	for (const candidate of ["./python", "../src/sandbox/python"]) {
		const path = fileURLToPath(new URL(candidate, import.meta.url));
		if (existsSync(join(path, "__main__.py"))) return path;
	}
	throw new AssayError("judge", "the judge's Python files are missing from this installation");
}

/** Changes whenever the judge's own code does, so that no verdict of an older judge is taken for one of this. */
export function judgeFingerprint(): string {
	const folder = join(judgeFolder(), "assay_judge");
	const files = readdirSync(folder).filter((name) => name.endsWith(".py"));
	return sha256(
		files
			.sort()
			.map((name) => readFileSync(join(folder, name), "utf8"))
			.join("\0"),
	);
}

export function startJudge(tier: Tier, python: PythonRuntime): ChildProcess {
	const folder = judgeFolder();
	const filter = process.platform === "linux" ? buildSeccompFilter(process.arch, "inert") : null;
	const options = [
		`tier=${tier}`,
		`processes=${DEFAULT_LIMITS.processes}`,
		...(filter ? [`seccomp=${filter.toString("hex")}`] : []),
	];
	if (tier === "bwrap") return startInBubblewrap(folder, python, options);
	return spawn(python.path, [...PYTHON_FLAGS, folder, ...options], {
		stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
		env: CHILD_ENVIRONMENT,
		cwd: "/",
		detached: true,
	});
}

/** bwrap started by root would keep the host's root inside, so root steps down first. */
export function sandboxUser(): { uid?: number; gid?: number } {
	return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** A new set of namespaces with nothing in them but the system's programs, read-only. */
export const SYSTEM_ONLY = [
	...["--unshare-all", "--unshare-user", "--disable-userns", "--uid", "0", "--gid", "0"],
	...["--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin"],
	...["--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--dev", "/dev"],
];

/** What the judge needs beyond that: CAP_SYS_ADMIN only inside its own user namespace, and guests lose it. */
export const JUDGE_ROOM = ["--cap-add", "CAP_SYS_ADMIN", "--proc", "/proc", "--tmpfs", "/tmp"];
export const SEALED = ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--clearenv"];

/** The same with the interpreter's own folder. */
export function bubblewrapArguments(prefix: string): string[] {
	const outside = prefix === "/usr" || prefix.startsWith("/usr/") ? [] : ["--ro-bind", prefix, prefix];
	return [...SYSTEM_ONLY, ...outside];
}

function startInBubblewrap(folder: string, python: PythonRuntime, options: string[]): ChildProcess {
	// The files enter as data, so that they need not be readable for the user that the sandbox runs as.
	const files = [
		"__main__.py",
		...readdirSync(join(folder, "assay_judge")).map((name) => join("assay_judge", name)),
	].filter((name) => name.endsWith(".py"));
	const descriptors = files.map((name) => openSync(join(folder, name), "r"));
	const binds = files.flatMap((name, index) => [
		"--ro-bind-data",
		String(FIRST_SOURCE_FD + index),
		join("/judge", name),
	]);
	const environment = Object.entries(CHILD_ENVIRONMENT).flatMap(([name, value]) => ["--setenv", name, value]);
	try {
		return spawn(
			"bwrap",
			[
				...bubblewrapArguments(python.prefix),
				...JUDGE_ROOM,
				...binds,
				...SEALED,
				...environment,
				...[python.path, ...PYTHON_FLAGS, "/judge", ...options],
			],
			{
				stdio: ["pipe", "pipe", "pipe", "pipe", "pipe", ...descriptors],
				env: { PATH: process.env.PATH ?? "/usr/bin:/bin" },
				cwd: "/",
				detached: true,
				...sandboxUser(),
			},
		);
	} finally {
		for (const descriptor of descriptors) closeSync(descriptor);
	}
}
