import type { Difference } from "../domain/comparison.js";
import type { JudgedWith, ResultSet } from "./result-set.js";

/** Everything that keeps the sets' scores from being compared as they are. */
export function findDifferences(sets: readonly ResultSet[]): Difference[] {
	return [
		...incomplete(sets),
		...taskSets(sets),
		...tests(sets),
		...samplesPerTask(sets),
		...tiers(sets),
		...settings(sets, "limits", limitsText),
		...settings(sets, "gate", (config) =>
			config.gate ? "hidden tests skipped after a failed public one" : "hidden tests always run",
		),
		...settings(sets, "template", templateText),
		...settings(sets, "sampling", samplingText),
	];
}

function* incomplete(sets: readonly ResultSet[]): Generator<Difference> {
	for (const { name, plannedCount, sampleCount, leftOutCount } of sets) {
		const found = sampleCount + leftOutCount;
		if (plannedCount === null || found >= plannedCount) continue;
		yield {
			kind: "incomplete",
			text: `${name} has ${found} of the ${plannedCount} candidates it was planned with`,
		};
	}
}

function* taskSets(sets: readonly ResultSet[]): Generator<Difference> {
	const shared = [...(sets[0]?.tasks.keys() ?? [])].filter((id) => sets.every(({ tasks }) => tasks.has(id)));
	const everywhere = new Set(shared);
	for (const { name, tasks } of sets) {
		const own = [...tasks.keys()].filter((id) => !everywhere.has(id));
		if (own.length === 0) continue;
		yield { kind: "tasks", text: `${own.length} tasks of ${name} are not in every set: ${someOf(own)}` };
	}
}

function* tests(sets: readonly ResultSet[]): Generator<Difference> {
	for (const { name, tasks } of sets) {
		const mixed = [...tasks].filter(([, task]) => task.testVersions > 1).map(([id]) => id);
		if (mixed.length > 0) {
			yield { kind: "tests", text: `${name} holds verdicts of several versions of the tests of ${someOf(mixed)}` };
		}
	}
	const changed = changedTests(sets);
	if (changed.length > 0)
		yield { kind: "tests", text: `the tests of ${changed.length} tasks differ: ${someOf(changed)}` };
}

/** Tasks of which two sets know different tests. */
export function changedTests(sets: readonly ResultSet[]): string[] {
	return [...(sets[0]?.tasks.keys() ?? [])].filter((id) => {
		const hashes = sets.map(({ tasks }) => tasks.get(id)?.testsSha256 ?? null).filter((hash) => hash !== null);
		return new Set(hashes).size > 1;
	});
}

function* samplesPerTask(sets: readonly ResultSet[]): Generator<Difference> {
	const first = sets[0];
	for (const other of sets.slice(1)) {
		if (first === undefined) return;
		const differing = [...first.tasks].filter(([id, { n }]) => {
			const there = other.tasks.get(id);
			return there !== undefined && there.n !== n;
		});
		const [example] = differing;
		if (example === undefined) continue;
		const [id, { n }] = example;
		yield {
			kind: "n",
			text: `${differing.length} tasks have another number of judged candidates: ${id} has ${n} in ${first.name} and ${other.tasks.get(id)?.n} in ${other.name}`,
		};
	}
}

function* tiers(sets: readonly ResultSet[]): Generator<Difference> {
	const texts = sets.map(({ tiers }) => [...tiers].sort().join(" and "));
	if (new Set(texts).size > 1 || sets.some(({ tiers }) => tiers.size > 1)) {
		yield { kind: "tier", text: `isolation tiers: ${sets.map(({ name }, i) => `${name} ${texts[i]}`).join(", ")}` };
	}
}

function* settings(
	sets: readonly ResultSet[],
	kind: "limits" | "gate" | "template" | "sampling",
	textOf: (config: JudgedWith) => string | null,
): Generator<Difference> {
	const known = sets.flatMap(({ name, config }) => {
		const text = config === null ? null : textOf(config);
		return text === null ? [] : [{ name, text }];
	});
	if (new Set(known.map(({ text }) => text)).size > 1) {
		yield { kind, text: `${kind}: ${known.map(({ name, text }) => `${name} ${text}`).join(", ")}` };
	}
}

function limitsText({ limits: { cpuTimeMs, memoryBytes } }: Pick<JudgedWith, "limits">): string {
	const time = cpuTimeMs === null ? "the tasks' CPU time" : `${cpuTimeMs} ms CPU time`;
	const memory = memoryBytes === null ? "the tasks' memory" : `${memoryBytes >> 20} MiB`;
	return `${time} and ${memory}`;
}

/** null: no model was asked. */
function templateText({ generation, debug }: JudgedWith): string | null {
	if (generation === null) return null;
	const { id, sha256 } = generation.template;
	const revised = debug === null ? "" : `, then ${debug.strategy} with up to ${debug.maxRevisions} revisions`;
	return `${id} (${sha256.slice(0, 8)})${revised}`;
}

function samplingText({ generation }: JudgedWith): string | null {
	if (generation === null) return null;
	const { temperature, topP, maxTokens } = generation.sampling;
	return `temperature ${temperature}, top-p ${topP}, ${maxTokens} tokens`;
}

function someOf(ids: readonly string[]): string {
	return ids.length <= 3 ? ids.join(", ") : `${ids.slice(0, 3).join(", ")} and ${ids.length - 3} more`;
}
