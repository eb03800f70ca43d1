import { existsSync, mkdirSync } from "node:fs";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, hostFiles } from "../artifacts/layout.js";
import { type Host, HostCheck } from "../domain/host.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import type { Link } from "../remote/link.js";
import { examineHost } from "../remote/preflight.js";

/** What the trainer, the model that ships with assay and a checkpoint of it take. */
const LEAST_BYTES = 16e6;

/** Connects and looks at all that a training needs there; what is found is kept. Throws LinkLost where no link comes to be. */
export async function checkHost(options: {
	workspace: string;
	host: Host;
	open: (signal: AbortSignal) => Promise<Link>;
	signal: AbortSignal;
	now?: () => Date;
}): Promise<HostCheck> {
	const { workspace, host, open, signal, now = () => new Date() } = options;
	const started = performance.now();
	const link = await open(signal);
	try {
		const connectMs = performance.now() - started;
		const findings = await examineHost(link, host, { freeBytes: LEAST_BYTES }, signal);
		const check: HostCheck = { schema: "assay.host-check.v1", at: now().toISOString(), connectMs, findings };
		const files = hostFiles(artifactsRoot(workspace), host.name);
		mkdirSync(files.folder, { recursive: true });
		writeFileAtomic(files.check, `${JSON.stringify(check, null, "\t")}\n`);
		return check;
	} finally {
		link.close();
	}
}

/** null: nobody looked from this workspace. */
export function lastCheck(workspace: string, name: string): HostCheck | null {
	const { check } = hostFiles(artifactsRoot(workspace), name);
	return existsSync(check) ? readJsonFile(HostCheck, check) : null;
}
