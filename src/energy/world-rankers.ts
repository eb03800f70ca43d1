import type { Group } from "./group.js";
import type { Ranker } from "./rankers.js";
import type { WorldNumbers } from "./world/world-model.js";

const by =
	(read: (world: WorldNumbers) => number | null) =>
	({ candidates }: Group): number[] | null => {
		const found = candidates.map(({ world }) => (world === null ? null : read(world)));
		if (candidates.some(({ world }, i) => world !== null && found[i] === null)) return null;
		return found.some((number) => number !== null) ? nullsLast(found) : null;
	};

/** A score that is written has to be a number. */
function nullsLast(scores: readonly (number | null)[]): number[] {
	const last = Math.min(0, ...scores.filter((score) => score !== null)) - 1;
	return scores.map((score) => score ?? last);
}

/** Its own energy less these two is what the question adds to a model's ranking. */
export const ENERGY = "energy";
/** Needs the other candidates: how alike a model finds them, which is agreement and no understanding. */
const AMONG = "energy among candidates";
export const CONTROLS = ["energy without action", "energy, other action"] as const;

/** Rankers of a world model. */
export const WORLD_RANKERS: readonly Ranker[] = [
	{ name: ENERGY, needs: "world model", scores: by(({ energy }) => -energy) },
	{ name: "energy change", needs: "world model", scores: by(({ energyDelta }) => -energyDelta) },
	{
		name: AMONG,
		needs: "world model",
		scores: ({ amongEnergies }) =>
			amongEnergies && nullsLast(amongEnergies.map((energy) => (energy === null ? null : -energy))),
	},
	{ name: "pass head", needs: "world model", scores: by(({ pass }) => pass) },
	{ name: CONTROLS[0], needs: "world model", scores: by(({ noAction }) => -noAction) },
	{ name: CONTROLS[1], needs: "world model", scores: by(({ shuffled }) => (shuffled === null ? null : -shuffled)) },
];
