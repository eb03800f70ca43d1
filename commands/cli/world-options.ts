import type { WorldFractions } from "../../src/app/world-tasks.js";
import type { CommonOptions, JudgeOptions } from "./options.js";

export interface WorldBuildOptions extends CommonOptions, Pick<JudgeOptions, "sandbox" | "workers"> {
	tasks?: string[];
	runs?: string[];
	exclude?: string[];
	excludeIds?: RegExp;
	mutants: number;
	splits: WorldFractions;
	anyLicense?: true;
	seed: number;
	out: string;
	force?: true;
}
