import { type BootstrapOptions, bootstrapHost } from "../remote/bootstrap.js";
import { findHost, setHostPython } from "../remote/hosts-file.js";
import type { Questions } from "../remote/questions.js";
import { hostOpener } from "./open-host.js";

/** Makes the trainer's Python environment on a host, and names it in hosts.yaml; gives its interpreter. Throws `usage`, `host`. */
export async function prepareHost(
	options: Omit<BootstrapOptions, "basePython"> & {
		workspace: string;
		name: string;
		/** null: the host's own. */
		basePython: string | null;
		questions: Questions;
	},
): Promise<string> {
	const { workspace, name, questions, signal, basePython } = options;
	const host = findHost(workspace, name);
	const link = await hostOpener(workspace, questions)(name)(signal);
	try {
		// One that was made before is no ground for the next.
		const own = /\/venv\/bin\/python$/.test(host.python) ? "python3" : host.python;
		const python = await bootstrapHost(link, host, { ...options, basePython: basePython ?? own });
		if (host.python !== python) setHostPython(workspace, name, python);
		return python;
	} finally {
		link.close();
	}
}
