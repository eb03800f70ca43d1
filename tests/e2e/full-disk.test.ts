import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { smallTasks } from "../trainer/small-tasks.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
/** A mount namespace of our own; root needs no user namespace for it, in which the judge could not give up its groups. */
const MOUNTS = ["unshare", ...(process.getuid?.() === 0 ? [] : ["--map-current-user", "--keep-caps"]), "--mount"];
const hasMounts = run([...MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"]).code === 0;
const hasTorch = run(["/usr/bin/python3", "-c", "import torch"]).code === 0;
const root = mkdtempSync(join(tmpdir(), "assay-full-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function run([command = "", ...args]: readonly string[]) {
	const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
	return { code: status, stdout, stderr };
}

const SCRIPT = `set -u
mount -t tmpfs -o size="$1" none "$2"
cd "$2"
"$3" "$4" $5 2> "$2".error; echo $? > "$2".code
find . -type f > "$2".files
mount -o remount,size=200m "$2"
"$3" "$4" $6`;

/** What a command says on a disk of so many KiB, and what a second one does once there is room. */
function onSmallDisk(kib: number, [first, second]: readonly [string, string]) {
	const disk = mkdtempSync(join(root, "disk-"));
	const words = ["sh", "-c", SCRIPT, "sh", `${kib}k`, disk, process.execPath, BIN, first, second];
	const later = run([...MOUNTS, ...words]);
	const text = (name: string): string => readFileSync(`${disk}.${name}`, "utf8");
	return { code: Number(text("code")), error: text("error"), files: text("files"), later, disk };
}

/** What a command says where nothing may be written at `place`, a folder that holds the training data `d`. */
function onReadOnly(tasks: string, words: readonly string[]) {
	const place = mkdtempSync(join(root, "place-"));
	const script = `mount -t tmpfs none "$1"; "$2" "$3" data export "${tasks}" --format grpo --name d --workspace "$1" >&2
mount -o remount,ro "$1"; bin="$3"; node="$2"; shift 3; "$node" "$bin" "$@"`;
	const asked = words.map((word) => word.replace("PLACE", place));
	const { code, stderr } = run([...MOUNTS, "sh", "-c", script, "sh", place, process.execPath, BIN, ...asked]);
	return { code, said: saidOf(stderr).join("\n") };
}

/** The lines of an error: what cannot be written, and how to go on. */
const saidOf = (error: string): string[] => error.split("\n").filter((line) => /^(assay: | {2}\S)/.test(line));

describe.skipIf(!hasMounts)("on a full disk (needs mounts)", () => {
	const tasks = smallTasks(join(root, "tasks"), { train: 8, dev: 4, test_private: 2 });

	test("a run that a model works for ends in one line, and goes on when there is room", { timeout: 60_000 }, () => {
		const args = `run ${tasks} --backend onnx -n 8 --quiet`;
		const { code, error, later } = onSmallDisk(150, [args, "run --resume latest --json"]);
		expect(code).toBe(3);
		expect(error).toMatch(
			/^assay: \S+: cannot be written: the disk is full\n {2}what is done is kept; free space, then: assay run --resume \S+ --workspace \S+\n$/,
		);
		expect([later.code, later.stderr.includes("bug in assay")]).toEqual([0, false]);
		expect(later.stdout).toMatch(/"outcome":"completed"/);
	});

	test("exported data leave nothing behind that is not whole", { timeout: 60_000 }, () => {
		const args = `data export ${tasks} --format grpo --name d`;
		const { code, error, files, later } = onSmallDisk(64, [args, args]);
		expect([code, saidOf(error)]).toEqual([
			3,
			[expect.stringMatching(/cannot be written: the disk is full$/), "  free space and give the same command again"],
		]);
		expect(files).not.toContain("artifacts/data");
		expect([later.code, later.stdout]).toEqual([0, expect.stringContaining("8 prompts of 8 tasks")]);
	});

	test("where nothing may be written it is said in one line, as something that cannot be asked for", () => {
		const here = join(root, "elsewhere");
		for (const [words, what] of [
			[["data", "export", tasks, "--format", "grpo", "--workspace", "PLACE"], "cannot hold artifacts: the file"],
			[
				["data", "export", tasks, "--format", "grpo", "--out", "PLACE/x", "--workspace", here],
				"cannot be written: the file",
			],
			...(hasTorch
				? [
						[
							["train", "grpo", "--data", "d", "--name", "t", "--workspace", "PLACE"],
							"cannot be written: the file",
						] as const,
					]
				: []),
		] as const) {
			const { code, said } = onReadOnly(tasks, words);
			expect([code, said]).toEqual([2, expect.stringContaining(`${what} system is read-only`)]);
		}
	});

	describe.skipIf(!hasTorch)("with a trainer (needs python3-torch)", () => {
		test("a loop ends in one line, and then has the scores of an undisturbed one", { timeout: 240_000 }, () => {
			const args = `loop ${tasks} -n 2 --iterations 1 --name small --set epochs=2 --seed 1 --quiet`;
			const workspace = join(root, "undisturbed");
			mkdirSync(workspace);
			const undisturbed = run([process.execPath, BIN, ...args.split(" "), "--json", "--workspace", workspace]);
			for (const [kib, what] of [
				[250, /artifacts\/\S+: cannot be written: the disk is full$/],
				[4000, /training ended: \S+state\.pt: cannot be written: the disk is full$/],
			] as const) {
				const { code, error, later } = onSmallDisk(kib, [args, "loop --resume small --json --quiet"]);
				expect([code, saidOf(error)]).toEqual([
					3,
					[expect.stringMatching(what), expect.stringMatching(/assay loop --resume small --workspace \S+$/)],
				]);
				expect(error).not.toMatch(/Napi|core dumped|at \S+ \(/);
				expect([later.code, scoresIn(later.stdout)]).toEqual([0, scoresIn(undisturbed.stdout)]);
			}
		});
	});
});

function scoresIn(stdout: string): unknown[] {
	const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
	return result.scores.map((score: { passAt1: unknown; distinctShare: unknown }) => [
		score.passAt1,
		score.distinctShare,
	]);
}
