import type { StepOutline } from "./trace.js";

/** A program may have come, but the file that the trace was imported from does not have it. */
export function isNotKept({ hasCode, failure, usage }: Extract<StepOutline, { kind: "generation" }>): boolean {
	return !hasCode && failure === null && usage === null;
}

/** In a word or two: a purpose, a status, or why the loop ended. */
export function summaryOf(outline: StepOutline): string {
	switch (outline.kind) {
		case "generation": {
			const { failure, purpose, hasCode } = outline;
			if (hasCode || purpose === "reflect") return failure ?? purpose;
			return failure ?? `${purpose}, ${isNotKept(outline) ? "not kept" : "no program"}`;
		}
		case "tests":
			return outline.status ?? "not known";
		case "submit":
			return outline.reason;
		case "verdict":
			return `${outline.which} ${outline.status}`;
	}
}
