import { signFlip } from "../stats/paired.js";
import type { ResultSet } from "./result-set.js";

/** Where published results do not agree with each other, or with what they are said to show. */
export function contradictionsIn(sets: readonly ResultSet[]): string[] {
	return sets.flatMap((set) => [...wrongTotal(set), ...trainedOn(set), ...measuredAgain(set, sets)]);
}

function* wrongTotal({ name, published, tasks }: ResultSet): Generator<string> {
	if (published?.claim == null) return;
	const { accepted, n } = published.claim;
	const rows = [...tasks.values()];
	const [sum, samples] = [
		rows.reduce((total, row) => total + row.accepted, 0),
		rows.reduce((total, row) => total + row.n, 0),
	];
	if (sum === accepted && samples === n) return;
	yield `${name}: its rows add up to ${shareText(sum, samples)}, its total says ${shareText(accepted, n)}`;
}

function* trainedOn({ name, published }: ResultSet): Generator<string> {
	if (published?.trainedOnTasks === true) {
		yield `${name} was trained on the tasks that it is scored on: this is no evidence of anything that carries over`;
	}
}

/** One model, two measurements: how far apart they are, and what is left of a gain over the other one. */
function* measuredAgain(set: ResultSet, sets: readonly ResultSet[]): Generator<string> {
	const earlier = sets.find(({ name }) => name === set.published?.sameModelAs);
	if (earlier === undefined) return;
	yield `${earlier.name} and ${set.name} are one model, yet they differ by ${differenceText(earlier, set)}`;
	for (const other of sets) {
		if (other === set || other === earlier) continue;
		yield `${other.name} gains ${differenceText(earlier, other)} over ${earlier.name}, but ${differenceText(set, other)} over ${set.name}, the same model`;
	}
}

function differenceText(first: ResultSet, other: ResultSet): string {
	const ids = [...first.tasks.keys()].filter((id) => other.tasks.has(id)).sort();
	const share = ({ tasks }: ResultSet, id: string) => {
		const task = tasks.get(id);
		return task === undefined || task.n === 0 ? 0 : task.accepted / task.n;
	};
	const changes = Float64Array.from(ids, (id) => share(other, id) - share(first, id));
	const mean = changes.reduce((sum, change) => sum + change, 0) / Math.max(1, changes.length);
	const { p } = signFlip(changes, { seed: 1, resamples: 10_000 });
	return `${mean < 0 ? "−" : "+"}${(Math.abs(mean) * 100).toFixed(2)} points (p = ${p.toPrecision(2)})`;
}

function shareText(accepted: number, n: number): string {
	return `${accepted}/${n} = ${((accepted / Math.max(1, n)) * 100).toFixed(1)} %`;
}
