import { letterOf } from "./checkpoints-state.js";

/** So many stand side by side; any number can be ranked. */
export const MOST_COMPARED = 4;

/** With the one, or without it where it was among them. */
export function toggled(marked: readonly string[], one: string): string[] {
	const others = marked.filter((id) => id !== one);
	return others.length < marked.length ? others : [...others, one];
}

/** With all that are shown, or without them where all of them were marked. */
export function allToggled(marked: readonly string[], shown: readonly string[]): string[] {
	const known = new Set(marked);
	const fresh = shown.filter((id) => !known.has(id));
	if (fresh.length > 0) return [...marked, ...fresh];
	const gone = new Set(shown);
	return marked.filter((id) => !gone.has(id));
}

/** A letter for those that can stand side by side, a star for more. */
export function markOf(marked: readonly string[], id: string | null): boolean | string {
	const place = id === null ? -1 : marked.indexOf(id);
	return place >= 0 && (marked.length > MOST_COMPARED || letterOf(place));
}
