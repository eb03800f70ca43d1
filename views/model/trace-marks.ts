import { keyOfTrace, type Trace } from "../../src/store/traces.js";

/** A trace that others are compared with; it may be of another run. */
export interface MarkedTrace {
	source: string;
	name: string;
	trace: Trace;
}

export function isSame(a: MarkedTrace, b: MarkedTrace): boolean {
	return a.source === b.source && keyOfTrace(a.trace) === keyOfTrace(b.trace);
}
