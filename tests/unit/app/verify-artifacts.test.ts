import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyArtifacts } from "../../../src/app/verify-artifacts.js";
import { checksumFile } from "../../../src/artifacts/checksum.js";
import type { RunFiles } from "../../../src/artifacts/layout.js";
import { ownChecksum } from "../../../src/artifacts/manifest.js";
import type { ArtifactCheck } from "../../../src/domain/artifact-check.js";
import type { ArtifactManifest } from "../../../src/domain/run.js";
import { assay, jsonLines, recordRun } from "./assay-command.js";
import { temporaryFolder } from "./run-fixtures.js";

/** The kinds and messages of the faults in everything that the workspace holds. */
async function faultsIn(workspace: string, severity = "fault"): Promise<{ kind: string; message: string }[]> {
	const { stdout } = await assay(workspace, ["artifacts", "verify", "--all", "--json"]);
	const checks: Partial<ArtifactCheck>[] = jsonLines(stdout).filter(({ type }) => type === undefined);
	return checks.flatMap(({ faults = [] }) => faults.filter((fault) => fault.severity === severity));
}

function flipByte(path: string, at: number): void {
	const bytes = readFileSync(path);
	bytes[at] = (bytes[at] ?? 0) ^ 1;
	writeFileSync(path, bytes);
}

/** A checkpoint as a trainer leaves one: weights and a manifest beside them. */
async function writeCheckpoint(workspace: string): Promise<string> {
	const folder = join(workspace, "artifacts", "checkpoints", "step-100");
	mkdirSync(folder, { recursive: true });
	const weights = join(folder, "model.safetensors");
	writeFileSync(weights, Buffer.alloc(300_000, 7));
	const files = [{ path: "model.safetensors", ...(await checksumFile(weights)) }];
	writeFileSync(join(folder, "manifest.json"), JSON.stringify({ schema: "assay.checkpoint.v1", parents: [], files }));
	return folder;
}

function rewriteManifest(
	{ manifest }: RunFiles,
	change: (fields: ArtifactManifest) => Partial<ArtifactManifest>,
): void {
	const fields: ArtifactManifest = JSON.parse(readFileSync(manifest, "utf8"));
	writeFileSync(manifest, JSON.stringify({ ...fields, ...change(fields) }));
}

test("a workspace that nobody touched has no fault, and says what it read", async () => {
	const workspace = temporaryFolder();
	const { runId } = await recordRun(workspace);
	await writeCheckpoint(workspace);
	const { code, stdout } = await assay(workspace, ["artifacts", "verify", "--all", "--json"]);
	expect(code).toBe(0);
	const [run, checkpoint, sums] = jsonLines(stdout);
	expect(run).toMatchObject({ subject: runId, faults: [{ kind: "parent_missing", severity: "warning" }] });
	expect(checkpoint).toMatchObject({ subject: "checkpoints/step-100", files: 1, bytes: 300_000, faults: [] });
	expect(sums).toMatchObject({ type: "verify.finished", subjects: 2, faults: 0, warnings: 1 });
	expect((await assay(workspace, ["artifacts", "verify", "latest", "--strict"])).code).toBe(1);
});

test("one changed byte in the weights of a checkpoint is found", async () => {
	const workspace = temporaryFolder();
	flipByte(join(await writeCheckpoint(workspace), "model.safetensors"), 123_456);
	const { code, stdout } = await assay(workspace, ["artifacts", "verify", "step-100"]);
	expect(code).toBe(1);
	expect(stdout).toContain("WRONG checkpoints/step-100");
	expect(stdout).toMatch(/fault changed: model\.safetensors: changed: of the recorded size, but other bytes \(sha256/);
});

test("a truncated rollouts file is told from a changed and from a longer one", async () => {
	const workspace = temporaryFolder();
	const { runId, rollouts, log, report } = await recordRun(workspace);
	truncateSync(rollouts, readFileSync(rollouts).length - 20);
	flipByte(log, 40);
	appendFileSync(report, "one more line\n");
	const faults = await faultsIn(workspace);
	expect(faults.map(({ kind }) => kind).sort()).toEqual(["changed", "grown", "truncated"]);
	const truncated = faults.find(({ kind }) => kind === "truncated");
	expect(truncated?.message).toMatch(
		new RegExp(`^rollouts/${runId}\\.jsonl: truncated: \\d+ of \\d+ bytes are left; its last line is cut$`),
	);
	expect(faults.find(({ kind }) => kind === "grown")?.message).toContain("14 bytes longer than recorded");
});

test("a missing file, an extra one and one of no run are three faults", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	rmSync(files.report);
	writeFileSync(join(files.patches, "a", "9.diff"), "");
	writeFileSync(join(files.root, "logs", "20260101-000000-best-of-n-zzzz.log"), "{}\n");
	const faults = await faultsIn(workspace);
	expect(faults.map(({ kind, message }) => [kind, message])).toEqual([
		["missing", `reports/${files.runId}.md: missing: the manifest names it, and it is not there`],
		["extra", `patches/${files.runId}/a/9.diff: not named by the manifest: it came after the manifest was written`],
		["orphan", "logs/20260101-000000-best-of-n-zzzz.log: belongs to no run"],
	]);
});

test("a manifest that was edited, damaged or taken away is told apart", async () => {
	const workspace = temporaryFolder();
	const [edited, damaged, gone] = [await recordRun(workspace), await recordRun(workspace), await recordRun(workspace)];
	rewriteManifest(edited, () => ({ version: "9.9.9" }));
	writeFileSync(damaged.manifest, "{");
	rmSync(gone.manifest);
	const faults = await faultsIn(workspace);
	expect(faults.map(({ kind }) => kind).sort()).toEqual(["manifest_damaged", "manifest_edited", "manifest_missing"]);
});

test("rollouts that were changed together with their manifest disagree with the result", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	const lines = readFileSync(files.rollouts, "utf8").trimEnd().split("\n");
	writeFileSync(files.rollouts, `${lines.slice(1).join("\n")}\n`);
	const now = await checksumFile(files.rollouts);
	rewriteManifest(files, (was) => {
		const named = was.files.map((file) => (file.path.startsWith("rollouts/") ? { ...file, ...now } : file));
		return { files: named, ownSha256: ownChecksum({ ...was, files: named }) };
	});
	expect(await faultsIn(workspace)).toMatchObject([
		{ kind: "disagrees", message: "number of judged candidates: the result says 4, the other files say 3" },
	]);
});

test("one candidate that was judged twice is found even where the manifest was written for it", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	const [first = ""] = readFileSync(files.rollouts, "utf8").split("\n");
	appendFileSync(files.rollouts, `${first}\n`);
	const now = await checksumFile(files.rollouts);
	rewriteManifest(files, (was) => {
		const named = was.files.map((file) => (file.path.startsWith("rollouts/") ? { ...file, ...now } : file));
		return { files: named, ownSha256: ownChecksum({ ...was, files: named }) };
	});
	const [fault] = await faultsIn(workspace);
	expect(fault).toMatchObject({ kind: "rollouts_damaged" });
	expect(fault?.message).toMatch(/:5: sample \d of task a is already on line 1$/);
});

test("a parent that is gone is a fault inside the workspace and a warning outside of it", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	const sha256 = "0".repeat(64);
	rewriteManifest(files, (was) => {
		const parents: ArtifactManifest["parents"] = [
			...was.parents,
			{ kind: "run", id: "20260101-000000-best-of-n-zzzz", sha256: null },
			{ kind: "samples", id: "/elsewhere/samples.jsonl", sha256 },
		];
		return { parents, ownSha256: ownChecksum({ ...was, parents }) };
	});
	expect(await faultsIn(workspace)).toMatchObject([
		{ kind: "parent_missing", message: "made from run 20260101-000000-best-of-n-zzzz, which is missing" },
	]);
	expect(await faultsIn(workspace, "warning")).toHaveLength(2);
});

test("a manifest that names a file outside of its folder reads nothing there", async () => {
	const workspace = temporaryFolder();
	const folder = await writeCheckpoint(workspace);
	const files = [{ path: "../../../secret", bytes: 3, sha256: "0".repeat(64) }];
	writeFileSync(join(workspace, "secret"), "abc");
	writeFileSync(join(folder, "manifest.json"), JSON.stringify({ files }));
	expect((await faultsIn(workspace)).map(({ kind }) => kind)).toEqual(["outside", "extra"]);
});

test("the run that ships with the program is sound", async () => {
	const workspace = temporaryFolder();
	cpSync("fixtures/runs", join(workspace, "artifacts"), { recursive: true });
	expect(await faultsIn(workspace)).toEqual([]);
});

test("a check that is interrupted has told what it found until then", async () => {
	const workspace = temporaryFolder();
	await recordRun(workspace);
	await recordRun(workspace);
	const stopping = new AbortController();
	const subjects: string[] = [];
	const checking = async () => {
		const options = { roots: [join(workspace, "artifacts")], references: [], signal: stopping.signal };
		for await (const { subject } of verifyArtifacts({ ...options, onProgress: () => {} })) {
			subjects.push(subject);
			stopping.abort();
		}
	};
	await expect(checking()).rejects.toThrow("aborted");
	expect(subjects).toHaveLength(1);
});

test("verify names nothing without --all, and an incomplete run tells how to go on", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	expect(await assay(workspace, ["artifacts", "verify"])).toMatchObject({ code: 2 });
	rmSync(files.manifest);
	rmSync(files.result);
	const { code, stderr } = await assay(workspace, ["artifacts", "verify", files.runId]);
	expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("it is not complete") });
});
