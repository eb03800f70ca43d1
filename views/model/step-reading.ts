import type { TraceStep } from "../../src/domain/trace.js";
import type { StepEntry, Trace } from "../../src/store/traces.js";
import type { Model } from "./model.js";
import type { Read } from "./read-cache.js";

/** All of a step. Read when it is looked at. */
export function readStep(model: Model, source: string, trace: Trace, { outline, place }: StepEntry): Read<TraceStep> {
	const { taskId, sampleIndex } = trace;
	const address = { taskId, sampleIndex, step: outline.step };
	const key = JSON.stringify(["step", source, taskId, sampleIndex, outline.step, place?.offset]);
	return model.cache.read(key, () => model.workbench.readStep(source, address, place));
}

type Whole<Kind extends TraceStep["kind"]> = Extract<TraceStep, { kind: Kind }>;

/** The same where its kind is known; null: there is no such step. */
export function readStepOf<Kind extends TraceStep["kind"]>(
	model: Model,
	{ source, trace, kind }: { source: string; trace: Trace; kind: Kind },
	entry: StepEntry | null,
): Read<Whole<Kind>> | null {
	if (!entry) return null;
	const read = readStep(model, source, trace, entry);
	if (read.state !== "read") return read;
	const isWanted = (step: TraceStep): step is Whole<Kind> => step.kind === kind;
	return isWanted(read.value)
		? { state: "read", value: read.value }
		: { state: "failed", message: `step ${entry.outline.step} is not what the run's log says` };
}
