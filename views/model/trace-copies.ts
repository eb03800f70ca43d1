import type { TraceStep } from "../../src/domain/trace.js";
import { contextOf } from "../../src/store/trace-tree.js";
import { type CopyText, known } from "./candidate-texts.js";
import { showTraceCommand } from "./commands.js";
import type { Model } from "./model.js";
import { readStep } from "./step-reading.js";
import { selectedStep, selectedTrace, tracesState } from "./traces-state.js";

/** What the cursor's step has to copy. */
export function traceTexts(model: Model): CopyText[] {
	const trace = selectedTrace(model);
	const source = tracesState(model).open?.source() ?? null;
	if (!trace || source === null) return [];
	const command = known("command that shows it", showTraceCommand(model, source, trace));
	const context = contextOf(trace, selectedStep(model, trace));
	if (!context) return [command];
	const { entry, program } = context;
	const textOf = (name: string, of: typeof entry, take: (step: TraceStep) => string): CopyText => {
		const read = readStep(model, source, trace, of);
		return {
			name,
			text: read.state === "read" ? take(read.value) : null,
			async load() {
				await model.cache.settled();
				const now = readStep(model, source, trace, of);
				if (now.state === "read") return take(now.value);
				throw new Error(now.state === "failed" ? now.message : "it is still being read");
			},
		};
	};
	const ofProgram = (name: string, take: (step: Extract<TraceStep, { kind: "generation" }>) => string | null) =>
		program
			? [
					textOf(`${name} of step ${program.outline.step}`, program, (step) =>
						step.kind === "generation" ? (take(step) ?? "") : "",
					),
				]
			: [];
	return [
		...ofProgram("code", ({ code }) => code),
		...ofProgram("completion", ({ completion }) => completion),
		...ofProgram(
			"prompt",
			({ prompt }) => prompt?.map(({ role, content }) => `${role}:\n${content}`).join("\n\n") ?? null,
		),
		textOf(`step ${entry.outline.step} as JSON`, entry, (step) => JSON.stringify(step, null, "\t")),
		known("task id", trace.taskId),
		command,
	];
}
