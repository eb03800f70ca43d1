/** A wording that no evaluation of these kinds can carry, whatever its figures are. */
export interface BlockedWording {
	name: string;
	pattern: RegExp;
	reason: string;
}

/** What CodeLeWM blocks in its own reports, and the open-ended self-improvement that CodeSelf does. */
export const BLOCKED_WORDINGS: readonly BlockedWording[] = [
	{
		name: "broad coding improvement",
		pattern:
			/\b(broad(ly)?|general(ly|ly)?|overall)\b[^.]{0,40}\b(coding|programming|software engineering)\b|\b(coding|programming) (ability|abilities|skills?|performance)\b|\bbetter (coder|programmer|at (coding|programming))\b/i,
		reason: "scores on a task set say nothing about coding in general; name the tasks",
	},
	{
		name: "live patch utility",
		pattern:
			/\blive (patch|patches|patching|repair|code)\b|\b(patch|patches|fixes)\b[^.]{0,40}\b(in production|in practice|in the wild|for developers|useful)\b/i,
		reason: "recorded candidates were judged; no patch was used by anybody",
	},
	{
		name: "semantic axes",
		pattern:
			/\bsemantic (axis|axes|directions?|dimensions?)\b|\b(latent|embedding)\b[^.]{0,30}\b(understands?|meaning)\b/i,
		reason: "energies and probes show that values differ, not what a direction means",
	},
	{
		name: "general downstream improvement",
		pattern:
			/\b(general|broad|across)\b[^.]{0,30}\bdownstream\b|\bdownstream\b[^.]{0,40}\b(in general|generally|broadly|everywhere)\b/i,
		reason: "one rerank or evaluation is one downstream task",
	},
	{
		name: "open-ended self-improvement",
		pattern: /\b(open-ended|unbounded|continual|recursive)\b[^.]{0,30}\bself-?improv/i,
		reason: "a loop over recorded tasks ends with them",
	},
];

/** A wording of one's own, as words that must stand in this order; capitals do not matter. */
export function wordingOf({ words, reason }: { words: string; reason: string }): BlockedWording {
	const parts = words.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
	return { name: words, pattern: new RegExp(`(?<!\\w)${parts.join("\\W+")}(?!\\w)`, "i"), reason };
}
