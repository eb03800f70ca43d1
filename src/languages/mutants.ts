import { type Mutation, type MutationSite, mutationSites } from "./mutation-sites.js";

export interface Mutant {
	code: string;
	/** What was changed, in the order of the text. */
	mutations: Mutation[];
}

export interface MutantOptions {
	/** At most so many, all of different texts. */
	count: number;
	/** Of them, how many have several changes. */
	multiple: number;
	/** Where changes may begin: what is above was given. */
	from: number;
	random: () => number;
}

const MOST_CHANGES = 3;
/** Tries for each mutant that is wanted: short programs have few. */
const TRIES = 6;

/**
 * Programs that differ from an accepted one in a place or a few. Kinds are drawn first and places second, so that rare kinds
 * are as frequent as common ones; layout, names and comments stay.
 */
export function mutantsOf(code: string, { count, multiple, from, random }: MutantOptions): Mutant[] {
	const sites = mutationSites(code).filter((site) => site.from >= from);
	const byKind = Map.groupBy(sites, ({ kind }) => kind);
	const kinds = [...byKind.keys()].sort();
	if (kinds.length === 0) return [];
	const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
	const found = new Map<string, Mutant>();
	for (let tries = 0; found.size < count && tries < count * TRIES; tries++) {
		const wanted = found.size < multiple ? 2 + Math.floor(random() * (MOST_CHANGES - 1)) : 1;
		const changes: (MutationSite & { text: string })[] = [];
		for (let i = 0; i < wanted; i++) {
			const site = pick(byKind.get(pick(kinds) ?? "compare") ?? []);
			const text = site === undefined ? undefined : pick(site.texts);
			if (site === undefined || text === undefined) continue;
			if (changes.every((other) => other.to <= site.from || site.to <= other.from)) changes.push({ ...site, text });
		}
		changes.sort((a, b) => a.from - b.from);
		const changed = changes.reduceRight(
			(now, change) => now.slice(0, change.from) + change.text + now.slice(change.to),
			code,
		);
		if (changed !== code && !found.has(changed))
			found.set(changed, { code: changed, mutations: changes.map(({ kind }) => kind) });
	}
	return [...found.values()];
}
