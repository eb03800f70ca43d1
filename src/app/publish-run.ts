import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { archiveRun, incompleteRun } from "../artifacts/archive-run.js";
import { checksumFile } from "../artifacts/checksum.js";
import { findRun, readManifest, readResult } from "../artifacts/find-run.js";
import { gitState } from "../artifacts/git-state.js";
import { artifactsRoot, type RunFiles, relativePath, runFiles } from "../artifacts/layout.js";
import { putManifest } from "../artifacts/manifest.js";
import type { Reproducibility } from "../domain/reproducibility.js";
import type { ArtifactManifest, RunResult } from "../domain/run.js";
import type { FileScan } from "../domain/secret-scan.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { countOf } from "../lib/count.js";
import { AssayError } from "../lib/errors.js";
import { version } from "../lib/version.js";
import { redactSecrets, scanSecrets } from "./scan-secrets.js";
import type { RunArchive } from "./workbench.js";

export interface PublishOptions {
	workspace: string;
	/** A run by its id, the start of one, or `latest`. */
	run: string;
	/** null: `artifacts/archives/<run_id>.tar.gz`. */
	out: string | null;
	/** What is done about secrets, home folders and host names that a scan finds. */
	findings: "refuse" | "redact" | "keep";
	signal: AbortSignal;
	onProgress: (done: number, total: number) => void;
}

export interface PublishedRun extends RunArchive {
	runId: string;
	/** Files in which something was found, which is in the archive only if it was to be kept. */
	found: FileScan[];
	git: Reproducibility["git"];
}

/**
 * Packs a run for others: its files, and a manifest that says how to get them again. The same run, workspace and program give
 * the same bytes. Throws `usage` when the run is not complete, not what its manifest says, or holds what must not be given away.
 */
export async function publishRun(options: PublishOptions): Promise<PublishedRun> {
	const { workspace, run, findings, signal, onProgress } = options;
	const root = artifactsRoot(workspace);
	const files = await findRun([root], run);
	const [manifest, result] = [readManifest(files), readResult(files)];
	if (manifest === null || result === null) throw incompleteRun(files);
	const target = options.out === null ? resolve(root, "archives", `${files.runId}.tar.gz`) : resolve(options.out);
	const found: FileScan[] = [];
	for await (const scan of scanSecrets({ roots: [root], target: files.runId, signal, onProgress })) {
		if (scan.findings.length > 0) found.push(scan);
	}
	if (found.length > 0 && findings === "refuse") throw refusal(files.runId, found);
	const git = await gitState(workspace);
	const pack = async (packed: RunFiles, isRedacted: boolean): Promise<RunArchive> => {
		await writeReproducibility(packed, result, git, isRedacted);
		return await archiveRun(packed, target, [packed.reproducibility]);
	};
	if (found.length === 0 || findings === "keep")
		return { runId: files.runId, found, git, ...(await pack(files, false)) };
	mkdirSync(dirname(target), { recursive: true });
	const stage = mkdtempSync(join(dirname(target), ".assay-redacted-"));
	try {
		await redactSecrets({ roots: [root], target: files.runId, signal }, stage);
		const staged = runFiles(stage, files.runId);
		await signAgain(staged);
		return { runId: files.runId, found, git, ...(await pack(staged, true)) };
	} finally {
		rmSync(stage, { recursive: true, force: true });
	}
}

function refusal(runId: string, found: readonly FileScan[]): AssayError {
	const all = found.flatMap(({ findings }) => findings);
	const secrets = all.filter(({ kind }) => kind === "secret").length;
	const [first] = found;
	const place = first === undefined ? "" : `, first ${first.path}:${first.findings[0]?.line}`;
	const others = `${all.length - secrets} home folders or host names`;
	return new AssayError(
		"usage",
		`run ${runId} is not archived: ${countOf(secrets, "secret")} and ${others} in ${countOf(found.length, "file")}${place}`,
		{
			hint: `\`assay artifacts scan ${runId}\` lists them; --redact packs copies without them, --allow-findings packs them as they are`,
		},
	);
}

/** The manifest of redacted files: it vouches for what they are now. */
async function signAgain(files: RunFiles): Promise<ArtifactManifest> {
	const manifest = readManifest(files);
	if (manifest === null) throw incompleteRun(files);
	const named: ArtifactManifest["files"] = [];
	for (const { path } of manifest.files) named.push({ path, ...(await checksumFile(join(files.root, path))) });
	return putManifest(files, { ...manifest, files: named });
}

async function writeReproducibility(
	files: RunFiles,
	original: RunResult,
	git: Reproducibility["git"],
	redacted: boolean,
): Promise<void> {
	const manifest = readManifest(files);
	const result = readResult(files) ?? original;
	if (manifest === null) throw incompleteRun(files);
	const { runId, config, sandbox } = result;
	const record: Reproducibility = {
		schema: "assay.reproducibility.v1",
		runId,
		versions: {
			assay: result.version,
			python: sandbox.pythonVersion,
			bwrap: sandbox.bwrapVersion,
			kernel: sandbox.kernel,
		},
		sandbox,
		packedWith: { assay: version, node: process.version, platform: process.platform, architecture: process.arch },
		git,
		config,
		taskSetFingerprint: result.taskSetFingerprint,
		parents: manifest.parents,
		commands: [
			{ purpose: "unpack", command: `mkdir -p artifacts && tar xzf ${runId}.tar.gz -C artifacts` },
			{ purpose: "compare every file with its checksum", command: `assay artifacts verify ${runId}` },
			{ purpose: "compute the figures again", command: `assay eval ${runId}` },
			{ purpose: "judge the same candidates again", command: `assay verify TASKS artifacts/rollouts/${runId}.jsonl` },
		],
		redacted,
		files: [
			...manifest.files,
			{ path: relativePath(files.root, files.manifest), ...(await checksumFile(files.manifest)) },
		].sort((a, b) => (a.path < b.path ? -1 : 1)),
		unknown: unknownOf(result, git),
	};
	writeFileAtomic(files.reproducibility, `${JSON.stringify(record, null, "\t")}\n`);
}

function unknownOf({ config }: RunResult, git: Reproducibility["git"]): string[] {
	return [
		"the revision of the workspace when the run was made: only that of packing is known",
		...(git === null ? ["the revision of the workspace when it was packed: no git repository"] : []),
		...(config.generation?.server ? ["the weights behind the model's server"] : []),
		...(config.backend === "openai" ? ["whether the server honours the seed"] : []),
	];
}
