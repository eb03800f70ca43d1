import type { Group } from "./group.js";
import type { Ranker } from "./rankers.js";
import type { WorldNumbers } from "./world/world-model.js";

const by =
	(read: (world: WorldNumbers) => number | null) =>
	({ candidates }: Group): number[] | null => {
		const found = candidates.map(({ world }) => (world === null ? null : read(world)));
		const numbers = found.filter((number) => number !== null);
		if (numbers.length === 0 || candidates.some(({ world }, i) => world !== null && found[i] === null)) return null;
		// What is no program comes last; a score that is written has to be a number.
		const last = Math.min(...numbers) - 1;
		return found.map((number) => number ?? last);
	};

/** Its own energy less these two is what the question adds to a model's ranking. */
export const ENERGY = "energy";
export const CONTROLS = ["energy without action", "energy, other action"] as const;

/** Rankers of a world model. */
export const WORLD_RANKERS: readonly Ranker[] = [
	{ name: ENERGY, needs: "world model", scores: by(({ energy }) => -energy) },
	{ name: "energy change", needs: "world model", scores: by(({ energyDelta }) => -energyDelta) },
	{ name: "pass head", needs: "world model", scores: by(({ pass }) => pass) },
	{ name: CONTROLS[0], needs: "world model", scores: by(({ noAction }) => -noAction) },
	{ name: CONTROLS[1], needs: "world model", scores: by(({ shuffled }) => (shuffled === null ? null : -shuffled)) },
];
