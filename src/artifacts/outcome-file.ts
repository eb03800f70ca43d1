import { z } from "zod";
import { Status, Tier } from "../domain/verdict.js";
import { AssayError } from "../lib/errors.js";
import { newSha256 } from "../lib/hash.js";
import { jsonPicker } from "../lib/pick-json.js";
import { parseAt } from "../lib/schema.js";
import { parseJson } from "./json-file.js";
import { isJson, JudgedOnce, type RolloutPlace } from "./rollout-file.js";
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
	/** Bytes of its line, without the newline. */
	place: RolloutPlace;
	/** As in the rollout. */
	beyondN: boolean;
}

type PlacelessOutcome = Omit<Outcome, "place">;

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
	beyondN: z.boolean().optional(),
});

const judged = allOf(Judged);
const pickOutcome = jsonPicker({
	...judged,
	...allOf(RolloutLine),
	candidate: allOf(RolloutLine.shape.candidate),
	verdict: judged,
});

function allOf({ shape }: { shape: object }): Record<string, true> {
	return Object.fromEntries(Object.keys(shape).map((name) => [name, true]));
}

export interface OutcomeFile {
	outcomes: AsyncGenerator<Outcome>;
	/** Of the bytes read so far. */
	sha256(): string;
}

/**
 * Streams the outcomes of a rollouts file, or of the lines that `assay verify --out` writes. A candidate that is there
 * twice, a cut line and a foreign one are refused with file, line and field. `vouchedFor`: the caller compares the
 * checksum with that of a manifest, so lines of ours need not be parsed whole.
 */
export function readOutcomes(path: string, options: { vouchedFor?: boolean } = {}): OutcomeFile {
	const hash = newSha256();
	const outcomes = outcomesOf(path, options.vouchedFor === true, (bytes) => hash.update(bytes));
	return { outcomes, sha256: () => hash.copy().digest("hex") };
}

async function* outcomesOf(
	path: string,
	vouchedFor: boolean,
	onBytes: (bytes: Buffer) => void,
): AsyncGenerator<Outcome> {
	const judged = new JudgedOnce(path);
	const newline = Buffer.from("\n");
	for await (const { bytes, offset, line, terminated } of scanLines(path)) {
		onBytes(bytes);
		if (terminated) onBytes(newline);
		if (bytes.length === 0) continue;
		const place = `${path}:${line}`;
		const quick = vouchedFor && terminated ? outcomeInBytes(bytes) : null;
		if (!terminated && !isJson(bytes)) {
			throw new AssayError("usage", `${place}: the last line is cut`, {
				hint: "the run was stopped, or the file was copied halfway; `--resume` finishes a run",
			});
		}
		const outcome = quick ?? outcomeOf(pickOutcome(bytes) ?? parseJson(bytes.toString("utf8"), place), place);
		judged.add(outcome, line);
		yield { ...outcome, place: { offset, bytes: bytes.length } };
	}
}

/** Ids of the tasks of a file of outcomes, as often as they come. */
export async function* taskIdsIn(path: string): AsyncGenerator<string> {
	for await (const { taskId } of readOutcomes(path).outcomes) yield taskId;
}

const VERDICT = Buffer.from('"verdict":{"schema":"assay.verdict.v1",');
const SANDBOX = Buffer.from('"sandbox":"');
const CODE = Buffer.from('"codeSha256":"');
const TESTS = Buffer.from('"testsSha256":"');
const BEYOND_N = Buffer.from('"beyondN":true');
const NO_CODE = Buffer.from('"code":null');
const KEY =
	/^"verdict":\{"schema":"assay\.verdict\.v1","taskId":("(?:[^"\\]|\\.)*"),"sampleIndex":(\d+),"status":"(\w+)"/;
const BACKEND = /"backend":("(?:[^"\\]|\\.)*")/;

/**
 * The same from the bytes of a rollout's line, without parsing all of it; null where it does not look as we write it.
 * What is searched for holds bare quotes, and within a JSON string every quote is escaped: nothing that a candidate
 * wrote can be taken for it.
 */
function outcomeInBytes(bytes: Buffer): PlacelessOutcome | null {
	const at = bytes.indexOf(VERDICT);
	if (at < 0) return null;
	const head = bytes.subarray(0, at);
	const key = KEY.exec(bytes.toString("utf8", at, at + 4096));
	const backend = BACKEND.exec(head.toString("utf8", 0, Math.min(at, 4096)));
	const status = Status.safeParse(key?.[3]);
	const tier = Tier.safeParse(valueAfter(bytes, SANDBOX));
	if (key?.[1] === undefined || backend?.[1] === undefined || !status.success || !tier.success) return null;
	return {
		taskId: JSON.parse(key[1]),
		sampleIndex: Number(key[2]),
		status: status.data,
		tier: tier.data,
		backend: JSON.parse(backend[1]),
		codeSha256: head.includes(NO_CODE) ? null : valueAfter(bytes, CODE),
		testsSha256: valueAfter(bytes, TESTS),
		beyondN: bytes.includes(BEYOND_N),
	};
}

/** A string of its own: a slice would keep the whole line in memory. */
function valueAfter(bytes: Buffer, name: Buffer): string | null {
	const found = bytes.lastIndexOf(name);
	const start = found + name.length;
	return found < 0 ? null : bytes.toString("latin1", start, bytes.indexOf('"', start));
}

function outcomeOf(value: unknown, place: string): PlacelessOutcome {
	if (value !== null && typeof value === "object" && "verdict" in value) {
		const { candidate, verdict, beyondN = false } = parseAt(RolloutLine, value, place);
		return {
			...outcomeOfVerdict(verdict),
			backend: candidate.backend,
			beyondN,
			...(candidate.code === null ? { codeSha256: null } : {}),
		};
	}
	return { ...outcomeOfVerdict(parseAt(Judged, value, place)), backend: null, beyondN: false };
}

function outcomeOfVerdict(judged: z.infer<typeof Judged>): Omit<PlacelessOutcome, "backend" | "beyondN"> {
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
