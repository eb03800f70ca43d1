import { AssayError } from "../lib/errors.js";
import type { Backend, Lookups, PreparedPatch } from "./backend.js";
import { checkPatchPaths } from "./patch-paths.js";

export const patch: Backend = {
	description: "the patch that a repository task brings along",
	serves: (task) => task.kind === "repository",
	countFor: (input, lookups, n) => {
		const prepared = input.kind === "repository" ? lookups.preparedPatch() : null;
		if (prepared === null) return Promise.resolve(0);
		checkPatchPaths(prepared);
		return Promise.resolve(n);
	},
	generate: (input, lookups) => {
		const prepared = preparedFor(input.taskId, lookups);
		checkPatchPaths(prepared);
		return Promise.resolve({ completion: prepared.patch, code: prepared.patch, model: null });
	},
};

function preparedFor(taskId: string, lookups: Lookups): PreparedPatch {
	const prepared = lookups.preparedPatch();
	if (prepared === null) throw new AssayError("usage", `task ${taskId}: it has no prepared patch`);
	return prepared;
}
