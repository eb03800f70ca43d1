import { type Fault, type Model, messageOf, tell } from "./model.js";

/** Notes a bug: its stack goes to a file, once, and a message tells where. What is drawn next sees the same fault. */
export function noteFault(model: Model, where: string, error: unknown): Fault {
	const stack = error instanceof Error ? (error.stack ?? String(error)) : String(error);
	const known = model.faults.get(where + stack);
	if (known) return known;
	const fault: Fault = { where, message: messageOf(error), path: null };
	model.faults.set(where + stack, fault);
	void model.terminal
		.saveText("crash", `${where}\n${stack}\n`)
		.then(
			(path) => {
				fault.path = path;
				return `the stack is in ${path}`;
			},
			(cause: unknown) => `its stack could not be saved: ${messageOf(cause)}`,
		)
		.then((saved) => {
			if (!model.signal.aborted) tell(model, "error", `a bug in assay: ${where}: ${fault.message}`, saved);
		});
	return fault;
}
