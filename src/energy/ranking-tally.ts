import { bootstrapMean } from "../stats/bootstrap.js";
import type { Interval } from "../stats/interval.js";
import { mcNemar, signFlip } from "../stats/paired.js";
import { firstChoice, rankingAuc } from "../stats/ranking.js";

/** A mean over tasks. */
export interface MeanOverTasks {
	/** null: no task has what it needs. */
	value: number | null;
	interval: Interval | null;
	tasks: number;
}

/** A ranker less another, over the tasks that both have. */
export interface RankerDifference {
	value: number | null;
	interval: Interval | null;
	/** Two-sided sign-flip test over tasks. */
	p: number;
}

export interface RankerFigures {
	ranker: string;
	/** Chance that the candidate it puts first is accepted: pass@1 of the ranking. */
	firstChoice: MeanOverTasks;
	/** The same over tasks with accepted and other candidates. */
	top1: MeanOverTasks;
	/** Chance within a task that an accepted candidate is ranked over another; ties 0.5. */
	auc: MeanOverTasks;
	/** The same among candidates that are statically valid: what is left when broken programs are seen by anybody. */
	aucAmongValid: MeanOverTasks;
	/** null: it is that ranker itself. */
	against: RankerComparison | null;
}

/** A ranker less another one. */
export interface RankerComparison {
	/** The other one. */
	ranker: string;
	firstChoice: RankerDifference;
	auc: RankerDifference;
	aucAmongValid: RankerDifference;
	mcNemar: McNemar;
}

export interface McNemar {
	/** Rerankable tasks of which this one's first choice is right, and the other's is not; and the other way round. */
	gained: number;
	lost: number;
	p: number;
}

interface TaskFigures {
	firstChoice: number[];
	top1: number[];
	auc: number[];
	aucAmongValid: number[];
}

export interface RankedGroup {
	taskId: string;
	accepted: readonly boolean[];
	valid: readonly boolean[];
}

type Figure = keyof TaskFigures;

/** Figures of one ranker. Groups of one task count as one task: their mean. */
export class RankingTally {
	readonly #tasks = new Map<string, TaskFigures>();

	constructor(readonly ranker: string) {}

	add({ taskId, accepted, valid }: RankedGroup, scores: ArrayLike<number>): void {
		const task = this.#tasks.get(taskId) ?? { firstChoice: [], top1: [], auc: [], aucAmongValid: [] };
		this.#tasks.set(taskId, task);
		const first = firstChoice(scores, accepted);
		task.firstChoice.push(first);
		const auc = rankingAuc(scores, accepted);
		if (auc !== null) {
			task.top1.push(first);
			task.auc.push(auc);
		}
		const places = valid.flatMap((isValid, i) => (isValid ? [i] : []));
		const among = rankingAuc(
			places.map((i) => scores[i] ?? 0),
			places.map((i) => accepted[i] ?? false),
		);
		if (among !== null) task.aucAmongValid.push(among);
	}

	/** `other`: what it is compared with, over the same groups. */
	figures(other: RankingTally | null): RankerFigures {
		const mean = (figure: Figure): MeanOverTasks => {
			const values = Float64Array.from(this.#means(figure).values());
			return { value: meanOf(values), interval: bootstrapMean(values), tasks: values.length };
		};
		return {
			ranker: this.ranker,
			firstChoice: mean("firstChoice"),
			top1: mean("top1"),
			auc: mean("auc"),
			aucAmongValid: mean("aucAmongValid"),
			against: other === null || other.ranker === this.ranker ? null : this.less(other),
		};
	}

	less(other: RankingTally): RankerComparison {
		return {
			ranker: other.ranker,
			firstChoice: this.#less(other, "firstChoice"),
			auc: this.#less(other, "auc"),
			aucAmongValid: this.#less(other, "aucAmongValid"),
			mcNemar: this.#mcNemar(other),
		};
	}

	#means(figure: Figure): Map<string, number> {
		const means = [...this.#tasks].map(([id, task]) => [id, meanOf(task[figure])] as const);
		return new Map(means.flatMap(([id, mean]) => (mean === null ? [] : [[id, mean] as const])));
	}

	#less(other: RankingTally, figure: Figure): RankerDifference {
		const theirs = other.#means(figure);
		const pairs = [...this.#means(figure)].flatMap(([id, value]) => {
			const than = theirs.get(id);
			return than === undefined ? [] : [value - than];
		});
		const differences = Float64Array.from(pairs);
		return { value: meanOf(differences), interval: bootstrapMean(differences), p: signFlip(differences).p };
	}

	/** A first choice is right where it is accepted more often than not. */
	#mcNemar(other: RankingTally): McNemar {
		const theirs = other.#means("top1");
		let [gained, lost] = [0, 0];
		for (const [id, value] of this.#means("top1")) {
			const than = theirs.get(id) ?? 0;
			if (value > 0.5 && than <= 0.5) gained++;
			else if (value <= 0.5 && than > 0.5) lost++;
		}
		return { gained, lost, p: mcNemar(gained, lost) };
	}
}

function meanOf(values: ArrayLike<number>): number | null {
	let sum = 0;
	for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
	return values.length === 0 ? null : sum / values.length;
}
