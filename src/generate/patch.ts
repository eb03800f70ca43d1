import { AssayError } from "../lib/errors.js";
import { type Backend, program } from "./backend.js";

export const patch: Backend = {
	description: "what a repository task brings along: its patch, or nothing where it is prepared to stay as it is",
	serves: (task) => task.kind === "repository",
	countFor: (_input, lookups, n) => Promise.resolve(lookups.preparedPatch() === null ? 0 : n),
	generate: (input, lookups) => {
		const prepared = lookups.preparedPatch();
		if (prepared === null) throw new AssayError("usage", `task ${input.taskId}: it has no prepared patch`);
		return Promise.resolve(program(prepared));
	},
};
