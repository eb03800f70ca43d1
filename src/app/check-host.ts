import type { Host, HostFinding } from "../domain/host.js";
import { findHost } from "../remote/hosts-file.js";
import { examineHost } from "../remote/preflight.js";
import type { Questions } from "../remote/questions.js";
import { opener } from "./open-host.js";

export interface HostCheck {
	host: Host;
	connectMs: number;
	findings: HostFinding[];
}

/** Connects and looks at all that a training needs there. Throws LinkLost where no link comes to be. */
export async function checkHost(options: {
	workspace: string;
	name: string;
	questions: Questions;
	signal: AbortSignal;
}): Promise<HostCheck> {
	const { workspace, name, questions, signal } = options;
	const host = findHost(workspace, name);
	const started = performance.now();
	const link = await opener(workspace, host, questions)(signal);
	try {
		const connectMs = performance.now() - started;
		return { host, connectMs, findings: await examineHost(link, host, { freeBytes: 0 }, signal) };
	} finally {
		link.close();
	}
}
