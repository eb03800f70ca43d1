import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attemptFolder, remoteFiles } from "../../src/artifacts/layout.js";
import { RemoteRun } from "../../src/domain/remote-run.js";
import type { ShellRun } from "./shell-runs.js";

/** Records a run in a workspace of its own, as if it had been started from there. Returns the folder of its mirror. */
export function recordShellRun(
	workspace: string,
	shell: ShellRun,
	{ id, host, sshConfig }: { id: string; host: string; sshConfig: string },
): string {
	const artifacts = join(workspace, "artifacts");
	const { record, folder } = remoteFiles(artifacts, id);
	mkdirSync(folder, { recursive: true });
	const now = new Date().toISOString();
	const run = RemoteRun.parse({
		schema: "assay.remote-run.v1",
		...shell.run,
		id,
		host,
		createdAt: now,
		git: null,
		inputs: [],
		pricePerHour: null,
		last: { state: { state: "running" }, seenAt: now },
	});
	writeFileSync(record, JSON.stringify(run));
	writeFileSync(join(workspace, "hosts.yaml"), `sshConfig: ${sshConfig}\nhosts: {}\n`);
	return attemptFolder(artifacts, id, run.attempt);
}
