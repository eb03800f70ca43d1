import { DEFAULT_LIMITS } from "../domain/task.js";
import { CANARIES, CANARY_LIMITS } from "./canaries.js";
import { SOURCE_CAP_BYTES } from "./judge-pool.js";
import { CHILD_ENVIRONMENT, JUDGE_ROOM, PYTHON_FLAGS, SEALED, SYSTEM_ONLY } from "./launch.js";
import { buildSeccompFilter } from "./seccomp.js";

/** Node's names of processors, and the kernel's. */
const MACHINES = { x64: "x86_64", arm64: "aarch64" };

/** All that a driver of the judge in another language needs to start it as this one does. */
export function launchSpecification() {
	const filters = Object.entries(MACHINES).map(([arch, machine]) => [
		machine,
		buildSeccompFilter(arch, "inert")?.toString("hex"),
	]);
	return {
		schema: "assay.judge-launch.v1",
		environment: CHILD_ENVIRONMENT,
		pythonFlags: PYTHON_FLAGS,
		processes: DEFAULT_LIMITS.processes,
		sourceCapBytes: SOURCE_CAP_BYTES,
		bubblewrap: { before: [...SYSTEM_ONLY, ...JUDGE_ROOM], after: SEALED },
		seccomp: Object.fromEntries(filters) as Record<string, string>,
		canaries: CANARIES,
		canaryLimits: CANARY_LIMITS,
	};
}
