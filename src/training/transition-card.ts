import type { TransitionManifest } from "../domain/transition.js";

/** What a folder of transitions holds, for people. */
export function transitionCard({
	transitions,
	counts,
	groups,
	excluded,
	seed,
	fractions,
	parents,
}: TransitionManifest): string {
	const licences = [...new Set(groups.map(({ licence }) => licence))].sort();
	const table = (title: string, of: Record<string, number>): string[] => [
		`| ${title} | transitions |`,
		"|---|---|",
		...Object.entries(of).map(([key, count]) => `| ${key} | ${count} |`),
		"",
	];
	const { train, dev, test } = fractions;
	return [
		"# Transitions",
		"",
		`${transitions} transitions of ${groups.length} tasks and repositories: a program, what was asked for, and the program afterwards.`,
		"",
		`- split by task and repository before anything was run: train ${train}, dev ${dev}, test ${test}, seed ${seed}`,
		`- licences: ${licences.join(", ")}`,
		`- labels are of two runs of assay's judge that agree; "null" was not run`,
		...(excluded.length > 0 ? [`- ${excluded.length} tasks, and what is near them, were kept out`] : []),
		...parents.map(
			({ kind, id, sha256 }) => `- made from ${kind} ${id}${sha256 === null ? "" : ` (sha256 ${sha256})`}`,
		),
		"",
		...table("source, split, label", counts.byAll),
		...table("left out, by why", counts.dropped),
		"No hidden test and no expected value is in these transitions. dropped.jsonl names what was left out,",
		"manifest.json the tasks of each split and the checksums of the files.",
		"",
	].join("\n");
}
