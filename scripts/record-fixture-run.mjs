// Records the run that ships in fixtures/runs, so that the first start of the workbench has something to replay:
//   node scripts/record-fixture-run.mjs two_sum fibonacci …
// Paths are made relative to the repository, and the manifest's checksums follow.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { canonicalJson, sha256 } from "../src/lib/hash.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), "assay-record-"));
const tasks = process.argv.slice(2).flatMap((id) => ["--task", id]);
const args = [
	"bin/assay.js",
	"run",
	"fixtures/tasks",
	"--backend",
	"static",
	"-n",
	"6",
	"--no-cache",
	"--workspace",
	workspace,
];
const run = spawnSync(process.execPath, [...args, ...tasks], { cwd: root, stdio: "inherit" });
if (run.status !== 0) process.exit(run.status ?? 1);

const target = join(root, "fixtures/runs");
rmSync(target, { recursive: true, force: true });
const relative = (text) => text.replaceAll(root, "").replace(/("kernel":\s*"linux \d+\.\d+)[^"]*"/g, '$1"');
const copied = new Map();
for (const kind of ["runs", "logs", "rollouts", "plans", "reports", "manifests"]) {
	for (const name of readdirSync(join(workspace, "artifacts", kind))) {
		const before = readFileSync(join(workspace, "artifacts", kind, name), "utf8");
		const after = relative(before);
		if (kind === "rollouts" && after !== before)
			throw new Error("a rollout names a path: its recorded offsets would be wrong");
		copied.set(`${kind}/${name}`, after);
	}
}
for (const [path, text] of copied) {
	if (!path.startsWith("manifests/")) continue;
	const manifest = JSON.parse(text);
	manifest.files = manifest.files.flatMap((file) => {
		const content = copied.get(file.path);
		if (content === undefined) return [];
		return [
			{
				path: file.path,
				bytes: Buffer.byteLength(content),
				sha256: createHash("sha256").update(content).digest("hex"),
			},
		];
	});
	const { ownSha256: _own, ...fields } = manifest;
	copied.set(path, `${JSON.stringify({ ...fields, ownSha256: sha256(canonicalJson(fields)) }, null, "\t")}\n`);
}
for (const [path, text] of copied) {
	mkdirSync(dirname(join(target, path)), { recursive: true });
	writeFileSync(join(target, path), text);
}
rmSync(workspace, { recursive: true, force: true });
