import { type Backend, program } from "./backend.js";

/** The floor: the task as it is given, unchanged. */
export const noop: Backend = {
	description: "the starter code unchanged, or an empty patch: what doing nothing scores",
	serves: () => true,
	countFor: (_input, _lookups, n) => Promise.resolve(n),
	generate: (input) => {
		const code = input.kind === "repository" ? "" : input.starterCode;
		return Promise.resolve(program(code));
	},
};
