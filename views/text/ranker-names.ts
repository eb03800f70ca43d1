import { visible } from "./cells.js";

const SHORT: Readonly<Record<string, string>> = {
	random: "rand",
	"sample order": "order",
	shortest: "short",
	"smallest edit": "edit",
	"lexical overlap": "words",
	"static validity": "valid",
	duplicates: "dupl",
	centroid: "centr",
	"log-probability": "logp",
	"public tests": "publ",
	agreement: "agree",
	"soft agreement": "soft",
	examples: "exam",
	"examples, then agreement": "ex+ag",
	"examples, then CodeT": "ex+CT",
	energy: "enrgy",
	"energy change": "delta",
	"energy among candidates": "among",
	"pass head": "head",
	"pass probability": "prob",
	"pass probability, run": "pr+ex",
	"energy without action": "noact",
	"energy, other action": "other",
	"centroid of valid": "ctr-v",
	"trees, static": "trees",
	"trees, everything": "tr+ex",
};

/** A score as it is shown: of energies, which rank by being low, the energy. */
export function shownScore(ranker: string, score: number): number {
	return ranker.startsWith("energy") ? 0 - score : score;
}

/** Five cells or fewer, as the head of a narrow column. */
export function shortRanker(name: string): string {
	return SHORT[name] ?? visible(name).slice(0, 5);
}

/** A score in seven cells or fewer. */
export function scoreText(value: number): string {
	if (!Number.isFinite(value)) return "·";
	if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
	const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 2 : 3;
	return Math.abs(value) >= 1e6 ? value.toExponential(1) : value.toFixed(digits);
}

/** Level ones share a place: `12=`. */
export function placeText({ place, isTied }: { place: number; isTied: boolean }): string {
	return `${Math.round(place)}${isTied ? "=" : ""}`;
}

export function spokenPlace({ place, isTied }: { place: number; isTied: boolean }): string {
	return `place ${place}${isTied ? ", level with others" : ""}`;
}
