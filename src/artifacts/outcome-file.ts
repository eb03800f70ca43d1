import { createHash } from "node:crypto";
import { z } from "zod";
import { Status, Tier } from "../domain/verdict.js";
import { AssayError } from "../lib/errors.js";
import { parseAt } from "../lib/schema.js";
import { parseJson } from "./json-file.js";
import { isJson } from "./rollout-file.js";
import { scanLines } from "./scan-lines.js";

/** What a comparison needs to know of one judged candidate. */
export interface Outcome {
	taskId: string;
	sampleIndex: number;
	status: Status;
	tier: Tier;
	backend: string | null;
	/** Hash of the judged program; null: none, or the file does not say. */
	codeSha256: string | null;
	testsSha256: string | null;
}

const Judged = z.object({
	taskId: z.string(),
	sampleIndex: z.int().nonnegative(),
	status: Status,
	sandbox: Tier,
	codeSha256: z.string().optional(),
	testsSha256: z.string().optional(),
});
/** Only the fields used here: the rest of a rollout is most of its bytes, and was checked when it was written. */
const RolloutLine = z.object({
	schema: z.literal("assay.rollout.v1"),
	candidate: z.object({ code: z.string().nullable(), backend: z.string() }),
	verdict: Judged,
});

export interface OutcomeFile {
	outcomes: AsyncGenerator<Outcome>;
	/** Of the bytes read so far. */
	sha256(): string;
}

/**
 * Streams the outcomes of a rollouts file, or of the lines that `assay verify --out` writes. A candidate that is there
 * twice, a cut line and a foreign one are refused with file, line and field.
 */
export function readOutcomes(path: string): OutcomeFile {
	const hash = createHash("sha256");
	return { outcomes: outcomesOf(path, (bytes) => hash.update(bytes)), sha256: () => hash.copy().digest("hex") };
}

async function* outcomesOf(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<Outcome> {
	const seen = new Map<string, number>();
	const newline = Buffer.from("\n");
	for await (const { bytes, line, terminated } of scanLines(path)) {
		onBytes(bytes);
		if (terminated) onBytes(newline);
		if (bytes.length === 0) continue;
		const place = `${path}:${line}`;
		if (!terminated && !isJson(bytes)) {
			throw new AssayError("usage", `${place}: the last line is cut`, {
				hint: "the run was stopped, or the file was copied halfway; `--resume` finishes a run",
			});
		}
		const outcome = outcomeOf(parseJson(bytes.toString("utf8"), place), place);
		const key = `${outcome.sampleIndex} ${outcome.taskId}`;
		const before = seen.get(key);
		if (before !== undefined) {
			throw new AssayError(
				"usage",
				`${place}: sample ${outcome.sampleIndex} of task ${outcome.taskId} is already on line ${before}`,
				{ hint: "a candidate that counts twice would shift every score" },
			);
		}
		seen.set(key, line);
		yield outcome;
	}
}

function outcomeOf(value: unknown, place: string): Outcome {
	if (value !== null && typeof value === "object" && "verdict" in value) {
		const { candidate, verdict } = parseAt(RolloutLine, value, place);
		return {
			...outcomeOfVerdict(verdict),
			backend: candidate.backend,
			...(candidate.code === null ? { codeSha256: null } : {}),
		};
	}
	return { ...outcomeOfVerdict(parseAt(Judged, value, place)), backend: null };
}

function outcomeOfVerdict(judged: z.infer<typeof Judged>): Omit<Outcome, "backend"> {
	const { taskId, sampleIndex, status, sandbox, codeSha256, testsSha256 } = judged;
	return {
		taskId,
		sampleIndex,
		status,
		tier: sandbox,
		codeSha256: codeSha256 ?? null,
		testsSha256: testsSha256 ?? null,
	};
}
