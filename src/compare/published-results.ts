import { z } from "zod";
import { AssayError } from "../lib/errors.js";
import { sha256 } from "../lib/hash.js";
import { readTextFile } from "../lib/input-file.js";
import { parseAt } from "../lib/schema.js";
import { parseYaml } from "../lib/yaml-text.js";
import type { ResultSet, TaskOutcomes } from "./result-set.js";

/** `accepted/n`, as tables print it. */
const Counts = z
	.string()
	.regex(/^\d+\/[1-9]\d*$/, "expected accepted/judged, such as 3/8")
	.transform((text) => {
		const [accepted = 0, n = 0] = text.split("/").map(Number);
		return { accepted, n };
	})
	.refine(({ accepted, n }) => accepted <= n, "more accepted than judged");

const PublishedTable = z.strictObject({
	schema: z.literal("assay.published.v1"),
	/** Where the table stands. */
	source: z.string(),
	contamination: z.string().nullable().default(null),
	sets: z
		.array(
			z.strictObject({
				name: z.string().min(1),
				total: Counts.nullable().default(null),
				sameModelAs: z.string().nullable().default(null),
				trainedOnTasks: z.boolean().default(false),
				tasks: z.record(z.string(), Counts),
			}),
		)
		.min(1),
});

/** The results of a table that somebody has published, from a YAML file that it was copied into. */
export async function readPublishedResults(path: string): Promise<ResultSet[]> {
	const text = await readTextFile(path, 1 << 20);
	const table = parseAt(PublishedTable, parseYaml(text, path), path);
	return table.sets.map(({ name, total, sameModelAs, trainedOnTasks, tasks }) => {
		if (sameModelAs !== null && !table.sets.some((other) => other.name === sameModelAs)) {
			throw new AssayError("usage", `${path}: ${name}: no set is called ${JSON.stringify(sameModelAs)}`);
		}
		const outcomes = new Map(Object.entries(tasks).map(([id, counts]) => [id, outcomesOf(counts)]));
		const [accepted, n] = [...outcomes.values()].reduce(([a, b], task) => [a + task.accepted, b + task.n], [0, 0]);
		return {
			name,
			runId: null,
			path: `${path}#${name}`,
			sha256: sha256(text),
			subject: table.source,
			tiers: new Set(),
			config: null,
			plannedCount: null,
			statusCounts: { accepted, wrong_answer: n - accepted },
			sampleCount: n,
			beyondN: 0,
			tasks: outcomes,
			leftOutCount: 0,
			training: { state: "unknown", reason: "a published table names no training manifest" },
			contamination: [{ note: table.contamination, tasks: outcomes.size }],
			published: { claim: total, sameModelAs, trainedOnTasks },
		};
	});
}

/** Which of the samples were right, and their programs, a table does not say. */
function outcomesOf({ accepted, n }: { accepted: number; n: number }): TaskOutcomes {
	return {
		n,
		accepted,
		rightBySample: [],
		distinctTexts: 0,
		withProgram: 0,
		testsSha256: null,
		testVersions: 1,
	};
}
