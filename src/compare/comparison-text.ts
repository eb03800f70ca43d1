import { contaminationNote } from "../artifacts/contamination-note.js";
import type { ComparedPair, Comparison, Estimate, GroupChange } from "../domain/comparison.js";
import { claimLines } from "./claim-text.js";

const TASK_ROWS = 20;

/** The report of a comparison, in Markdown. Every figure stands beside its interval, its test, and what weakens it. */
export function comparisonMarkdown(comparison: Comparison): string {
	const { k, sets, pairs, differences, contradictions } = comparison;
	return [
		`# ${sets.map(({ name }) => name).join(" against ")}`,
		"",
		...pairs.map((pair) => `- ${conclusionText(pair, k)}`),
		"",
		...(contradictions.length === 0
			? []
			: ["**The published figures contradict each other.**", "", ...contradictions.map((text) => `- ${text}`), ""]),
		...(differences.length === 0
			? []
			: [
					"**Not judged under the same conditions.** Compared all the same, on what they share:",
					"",
					...differences.map(({ text }) => `- ${text}`),
					"",
				]),
		"## Scores",
		"",
		...table(
			["", ...sets.map(({ name }) => name)],
			[
				[`pass@${k}`, ...sets.map(({ score }) => estimateText(score))],
				...(sets.some(({ simultaneous }) => simultaneous !== null)
					? [["for all at once", ...sets.map(({ simultaneous }) => intervalText(simultaneous))]]
					: []),
				["tasks scored", ...sets.map(({ score }) => `${score.tasks}`)],
				["candidates", ...sets.map(({ sampleCount }) => `${sampleCount}`)],
				...(sets.some(({ beyondN }) => beyondN > 0)
					? [["left out, beyond the first n of a task", ...sets.map(({ beyondN }) => `${beyondN}`)]]
					: []),
				["judge errors, in no score", ...sets.map(({ judgeErrors }) => `${judgeErrors}`)],
				["tasks with right and wrong ones", ...sets.map(({ mixedTasks }) => `${mixedTasks}`)],
				["without program, or not compiling", ...sets.map(({ degenerateRate }) => percent(degenerateRate))],
				["distinct texts", ...sets.map(({ distinctShare }) => percent(distinctShare))],
				["made by", ...sets.map(({ subject }) => subject ?? "-")],
			],
		),
		"",
		`Intervals: ${Math.round(comparison.level * 100)} %, BCa bootstrap over tasks, ${comparison.resamples} draws, seed ${comparison.seed}.`,
		"",
		"## Differences",
		"",
		...table(
			["", ...pairs.map(({ other }) => other)],
			[
				[`pass@${k} minus ${pairs[0]?.first ?? "-"}`, ...pairs.map(({ difference }) => estimateText(difference, true))],
				["p (sign-flip over tasks)", ...pairs.map(({ p, exact }) => `${pText(p)}${exact ? " exact" : ""}`)],
				["p adjusted (Holm)", ...pairs.map(({ pAdjusted }) => pText(pAdjusted))],
				["p (Wilcoxon signed-rank)", ...pairs.map(({ wilcoxonP }) => pText(wilcoxonP))],
				["tasks up / down / same", ...pairs.map((pair) => `${pair.tasksUp} / ${pair.tasksDown} / ${pair.tasksSame}`)],
				["tasks newly solved / no longer", ...pairs.map(({ solved }) => `${solved.gained} / ${solved.lost}`)],
				["p of that (McNemar exact)", ...pairs.map(({ solved }) => pText(solved.p))],
				["samples turned right / wrong", ...pairs.map(({ samples }) => `${samples.gained} / ${samples.lost}`)],
				["effect size d_z", ...pairs.map(({ cohenDz }) => numberText(cohenDz))],
				["relative lift", ...pairs.map(({ relativeLift }) => percent(relativeLift))],
				[
					"smallest difference found with power 0.8",
					...pairs.map(({ minimalDetectableDifference }) => numberText(minimalDetectableDifference)),
				],
			],
		),
		"",
		...groupSection(comparison),
		...taskSections(comparison),
		...claimSection(comparison),
		"## Contamination",
		"",
		...contaminationLines(comparison),
		"",
		"## Sources",
		"",
		...sets.map(({ name, path, sha256 }) => `- ${name}: \`${path}\`, sha256 \`${sha256}\``),
		"",
	].join("\n");
}

/** One sentence: who is better, by how much, and how sure that is. */
export function conclusionText(pair: ComparedPair, k: number): string {
	const { first, other, difference, pAdjusted, conclusion, reason, minimalDetectableDifference } = pair;
	const figures = `pass@${k} ${estimateText(difference, true)}, p ${pAdjusted < 0.0001 ? "" : "= "}${pText(pAdjusted)}, ${difference.tasks} tasks`;
	if (conclusion !== "cannot_tell") return `${other} is ${conclusion} than ${first}: ${figures}`;
	const reach =
		minimalDetectableDifference === null
			? ""
			: `; with these tasks a difference of ${numberText(minimalDetectableDifference)} would be found in 4 of 5 comparisons`;
	return `cannot tell ${other} from ${first}: ${figures}; ${reason ?? "no reason"}${reach}`;
}

function claimSection({ claims }: Comparison): string[] {
	const lines = claimLines(claims);
	return lines.length === 0 ? [] : ["## Claims", "", ...lines.map((line) => `- ${line}`), ""];
}

function groupSection({ groups, k }: Comparison): string[] {
	if (groups.length === 0) return [];
	const rows = groups.map(({ by, group, other, gained, lost, solvedBefore, forgotten, pAdjusted, net }) => [
		by,
		group,
		other,
		`${net.tasks}`,
		`${solvedBefore}`,
		`${lost}`,
		intervalText(forgotten),
		`${gained}`,
		pText(pAdjusted),
		estimateText(net, true),
	]);
	const head = [
		"by",
		"group",
		"",
		"tasks",
		"solved before",
		"forgotten",
		"share of these",
		"gained",
		"p",
		`net pass@${k}`,
	];
	return [
		"## Gained and forgotten",
		"",
		...table(head, rows),
		"",
		"Forgotten: solved by some candidate before, by none now; its share as 95 % by Clopper and Pearson. p: exact McNemar test of gained and forgotten, adjusted by Holm over the groups of one property.",
		"",
	];
}

/** A line on what was gained and forgotten in a group. */
export function groupText({
	by,
	group,
	other,
	gained,
	lost,
	solvedBefore,
	forgotten,
	pAdjusted,
	net,
}: GroupChange): string {
	const share = forgotten === null ? "" : ` ${intervalText(forgotten)}`;
	const p = `p ${pAdjusted < 0.0001 ? "" : "= "}${pText(pAdjusted)}`;
	return `${by} ${group}: ${other} gained ${gained}, forgot ${lost} of ${solvedBefore}${share}, ${p}, ${net.tasks} tasks, net ${estimateText(net, true)}`;
}

function taskSections({ tasks, sets, leftOut }: Comparison): string[] {
	const rows = (list: Comparison["tasks"]) =>
		list
			.slice(0, TASK_ROWS)
			.map(({ taskId, counts, change }) => [
				taskId,
				...counts.map(({ n, accepted }) => `${accepted}/${n}`),
				signed(change),
			]);
	const head = ["task", ...sets.map(({ name }) => name), "change"];
	const down = tasks.filter(({ change }) => change < 0);
	const up = tasks.filter(({ change }) => change > 0).toReversed();
	const section = (title: string, list: Comparison["tasks"]) =>
		list.length === 0
			? []
			: [
					`## ${title}: ${list.length}`,
					"",
					...table(head, rows(list)),
					...(list.length > TASK_ROWS ? ["", `${list.length - TASK_ROWS} more with --json.`] : []),
					"",
				];
	const left = leftOut.length === 0 ? [] : [`Left out, with too few judged candidates: ${leftOut.join(", ")}.`, ""];
	return [...section("Tasks that got worse", down), ...section("Tasks that got better", up), ...left];
}

function contaminationLines({ sets, seenIsScored }: Comparison): string[] {
	return sets.flatMap(({ name, training, contamination }) => {
		const looked = contaminationNote(training, seenIsScored).map((line) => `- ${name}: ${line}.`);
		const said = (contamination ?? []).map(({ note, tasks }) =>
			note === null
				? `- ${name}: of ${tasks} tasks nobody has said whether they are in training data.`
				: `- ${name}: ${tasks} tasks say of themselves: ${note.replace(/\s+/g, " ")}`,
		);
		return [...looked, ...said];
	});
}

export function estimateText({ value, interval, seen }: Estimate, isDifference = false): string {
	if (value === null) return "-";
	const text = isDifference ? signed : (number: number) => number.toFixed(4);
	const range = interval === null ? "(no interval)" : `[${text(interval.low)}, ${text(interval.high)}]`;
	return `${text(value)} ${range}${seen === 0 ? "" : ` with ${seen} seen in training`}`;
}

export function intervalText(interval: { low: number; high: number } | null): string {
	return interval === null ? "-" : `[${interval.low.toFixed(4)}, ${interval.high.toFixed(4)}]`;
}

function signed(value: number): string {
	return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
}

export function pText(p: number): string {
	return p < 0.0001 ? "< 0.0001" : p.toFixed(4);
}

function numberText(value: number | null): string {
	return value === null ? "-" : value.toFixed(4);
}

function percent(share: number | null): string {
	return share === null ? "-" : `${(share * 100).toFixed(1)} %`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
	const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
