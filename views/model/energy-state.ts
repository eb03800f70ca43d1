import type {
	CandidateRankingRequest,
	CandidateRankingUpdate,
	FittedInUse,
	ModelInUse,
} from "../../src/app/candidate-rankings.js";
import type { RankedTask } from "../../src/domain/ranking.js";
import { type CandidateRankTable, createCandidateRankTable } from "../../src/store/candidate-rank-table.js";
import { createRankedTaskTable, type RankedTaskTable } from "../../src/store/ranked-task-table.js";
import { createRankerTable, type RankerTable } from "../../src/store/ranker-table.js";
import type { Model } from "./model.js";
import type { ScreenId } from "./state.js";

export type EnergyPane = "overview" | "ranking" | "ranked";
/** What stands in the pane of all tasks. */
export const OVERVIEW_PARTS = ["tasks", "rankers", "choices", "reliability", "goals"] as const;
export type OverviewPart = (typeof OVERVIEW_PARTS)[number];
/** What is shown of the candidate under the cursor. */
export const RANKED_PARTS = ["ranks", "diff", "lines", "map", "swap", "similar"] as const;
export type RankedPart = (typeof RANKED_PARTS)[number];

export type RankingReport = Extract<CandidateRankingUpdate, { kind: "measured" }>["report"];
export type RankerFigures = RankingReport["rankers"][number];

export interface RecordedFile {
	path: string;
	/** The run's candidates are at hand. */
	hasPrograms: boolean;
}

export interface OpenRanking {
	request: CandidateRankingRequest;
	state:
		| { kind: "ranking"; done: number; total: number | null }
		| { kind: "measured" }
		| { kind: "stopped" }
		| { kind: "failed"; message: string; hint: string | null };
	/** null before it is known. */
	world: ModelInUse | null;
	/** null before it is known. */
	fitted: FittedInUse | null;
	/** A file that `assay rank --out` wrote, which all of this is from; null: it is ranked here. */
	recorded: RecordedFile | null;
	/** Of the last time that all was ranked. */
	report: RankingReport | null;
	/** Candidates were run for what is shown. */
	isExecuted: boolean;
	stop(): void;
}

/** What the screen of energies keeps. */
export interface EnergyState {
	pane: EnergyPane;
	overview: OverviewPart;
	part: RankedPart;
	open: OpenRanking | null;
	/** By hand; null: the best there is of those that need not be run. */
	chosenRanker: string | null;
	/** Otherwise rankings are judged blind. */
	showsVerdicts: boolean;
	/** Task whose question is asked in place of each task's own; null: none. */
	instead: string | null;
	/** Where it was asked for. */
	from: ScreenId;
}

const FRESH: EnergyState = {
	pane: "overview",
	overview: "tasks",
	part: "ranks",
	open: null,
	chosenRanker: null,
	showsVerdicts: false,
	instead: null,
	from: 1,
};

interface Tables {
	tasks: RankedTaskTable;
	candidates: CandidateRankTable;
	rankers: RankerTable;
}

const states = new WeakMap<Model, EnergyState>();
const tables = new WeakMap<Model, Tables>();

export function energyState(model: Model): EnergyState {
	return states.get(model) ?? FRESH;
}

export function changeEnergy(model: Model, change: Partial<EnergyState>): void {
	states.set(model, { ...energyState(model), ...change });
	model.changed();
}

/** Of what is ranked; nothing when nothing is. */
export function changeRanking(model: Model, change: Partial<OpenRanking>): void {
	const { open } = energyState(model);
	if (open) changeEnergy(model, { open: { ...open, ...change } });
}

export function energyTables(model: Model): Tables {
	const known = tables.get(model);
	if (known) return known;
	const made = {
		tasks: createRankedTaskTable(model.timers),
		candidates: createCandidateRankTable(model.timers),
		rankers: createRankerTable(model.timers),
	};
	for (const table of Object.values(made)) table.subscribe(model.changed);
	tables.set(model, made);
	return made;
}

export function rankedTaskOf(model: Model): RankedTask | null {
	return energyTables(model).candidates.task();
}
