import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { extract } from "tar";
import { expect, test } from "vitest";
import { checksumFile } from "../../../src/artifacts/checksum.js";
import { readManifest } from "../../../src/artifacts/find-run.js";
import { type RunFiles, runFiles } from "../../../src/artifacts/layout.js";
import { putManifest } from "../../../src/artifacts/manifest.js";
import { Reproducibility } from "../../../src/domain/reproducibility.js";
import { assay, jsonLines, recordRun } from "./assay-command.js";
import { temporaryFolder } from "./run-fixtures.js";

/** A home folder that a log holds, with a manifest that vouches for it. */
async function plant({ log, ...files }: RunFiles, text: string): Promise<void> {
	appendFileSync(log, `${JSON.stringify({ note: text })}\n`);
	const manifest = readManifest({ log, ...files });
	if (manifest === null) throw new Error("the run has no manifest");
	const now = await checksumFile(log);
	const named = manifest.files.map((file) => (file.path.startsWith("logs/") ? { ...file, ...now } : file));
	putManifest({ log, ...files }, { ...manifest, files: named });
}

async function unpack(archive: string): Promise<string> {
	const elsewhere = temporaryFolder();
	mkdirSync(join(elsewhere, "artifacts"));
	await extract({ file: archive, cwd: join(elsewhere, "artifacts") });
	return elsewhere;
}

test("a run packed twice is the same bytes; unpacked elsewhere it is there again and verified", async () => {
	const workspace = temporaryFolder();
	const { runId } = await recordRun(workspace);
	const [first, second] = [join(workspace, "a.tar.gz"), join(workspace, "b.tar.gz")];
	for (const out of [first, second])
		expect(await assay(workspace, ["artifacts", "archive", runId, "--out", out])).toMatchObject({ code: 0 });
	expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
	const elsewhere = await unpack(first);
	expect((await assay(elsewhere, ["artifacts", "verify", "--all"])).code).toBe(0);
	expect((await assay(elsewhere, ["eval", runId])).code).toBe(0);
	const record = Reproducibility.parse(
		JSON.parse(readFileSync(runFiles(join(elsewhere, "artifacts"), runId).reproducibility, "utf8")),
	);
	expect(record).toMatchObject({ runId, git: null, redacted: false, packedWith: { node: process.version } });
	expect(record.files.map(({ path }) => path)).toContain(`manifests/${runId}.json`);
	expect(record.unknown).toContain("the revision of the workspace when it was packed: no git repository");
});

test("the revision of the workspace and how many files differ from it go along", async () => {
	const workspace = temporaryFolder();
	const git = (...words: string[]) =>
		execFileSync("git", ["-C", workspace, "-c", "user.name=t", "-c", "user.email=t@example.com", ...words], {
			encoding: "utf8",
		});
	git("init", "-q");
	writeFileSync(join(workspace, "a.txt"), "1");
	git("add", "a.txt");
	git("commit", "-qm", "one");
	const { runId } = await recordRun(workspace);
	const packed = async () =>
		jsonLines((await assay(workspace, ["artifacts", "archive", runId, "--json"])).stdout)[0].git;
	expect(await packed()).toEqual({ revision: git("rev-parse", "HEAD").trim(), dirtyFiles: 0 });
	writeFileSync(join(workspace, "b.txt"), "2");
	expect(await packed()).toMatchObject({ dirtyFiles: 1 });
});

test("a run that names a home folder is packed only when somebody says so, or without it", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	await plant(files, "/home/rosalind/thesis");
	const out = join(workspace, "x.tar.gz");
	const refused = await assay(workspace, ["artifacts", "archive", files.runId, "--out", out]);
	expect(refused.code).toBe(2);
	expect(refused.stderr).toMatch(
		/is not archived: 0 secrets and 1 home folders or host names in 1 file, first logs\/.*\.log:\d+/,
	);
	expect((await assay(workspace, ["artifacts", "archive", files.runId, "--out", out, "--allow-findings"])).code).toBe(
		0,
	);
	expect((await assay(workspace, ["artifacts", "scan", out])).code).toBe(1);
	expect((await assay(workspace, ["artifacts", "archive", files.runId, "--out", out, "--redact"])).code).toBe(0);
	expect((await assay(workspace, ["artifacts", "scan", out])).code).toBe(0);
	const elsewhere = await unpack(out);
	expect((await assay(elsewhere, ["artifacts", "verify", "--all"])).code).toBe(0);
	expect(readFileSync(files.log, "utf8")).toContain("/home/rosalind/thesis");
});

test("an unpacked manifest that was written anew is not the one that was packed", async () => {
	const workspace = temporaryFolder();
	const { runId } = await recordRun(workspace);
	const out = join(workspace, "x.tar.gz");
	await assay(workspace, ["artifacts", "archive", runId, "--out", out]);
	const elsewhere = await unpack(out);
	await plant(runFiles(join(elsewhere, "artifacts"), runId), "added");
	const { code, stdout } = await assay(elsewhere, ["artifacts", "verify", runId]);
	expect(code).toBe(1);
	expect(stdout).toContain("fault manifest_edited: the manifest is not the one that was packed");
});
