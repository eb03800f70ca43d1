import type { WorldFractions } from "../../src/app/world-tasks.js";
import type { TransitionSplit } from "../../src/domain/choices.js";
import type { CommonOptions, JudgeOptions } from "./options.js";

export interface WorldBuildOptions extends CommonOptions, Pick<JudgeOptions, "sandbox" | "workers"> {
	tasks?: string[];
	runs?: string[];
	samples?: string[];
	traces?: string[];
	git?: string[];
	license?: string;
	exclude?: string[];
	excludeIds?: RegExp;
	mutants: number;
	splits: WorldFractions;
	anyLicense?: true;
	seed: number;
	out: string;
	force?: true;
}

export interface ModelFolderOption {
	/** Folder of a world model. */
	model: string;
}

export interface WorldEvalOptions extends CommonOptions, ModelFolderOption {
	split: TransitionSplit;
	limit: number;
	maxCandidates: number;
	hardNegatives: number;
	k: number;
	tasks?: string;
	allowSeen?: true;
	check?: true;
	seed: number;
}

export interface WorldInspectOptions extends CommonOptions {
	split: TransitionSplit;
	limit: number;
}

export interface WorldExplainOptions extends CommonOptions, ModelFolderOption {
	tasks?: string;
	allowSeen?: true;
	seed: number;
}

export interface WorldMapOptions extends WorldExplainOptions {
	instead?: string;
}

export interface WorldIndexOptions extends CommonOptions, ModelFolderOption {
	out: string;
}

export interface WorldSimilarOptions extends WorldExplainOptions {
	index: string;
	count: number;
}
