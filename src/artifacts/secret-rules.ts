import { homedir, hostname } from "node:os";
import type { SecretFinding } from "../domain/secret-scan.js";

/** A stretch of the text that was searched. */
export interface SecretMatch extends Pick<SecretFinding, "rule" | "kind"> {
	start: number;
	end: number;
}

export type SecretSearch = (text: string) => Promise<SecretMatch[]>;

/** What is known of this machine and would tell where something was made. */
export interface MachineNames {
	home: string;
	host: string;
}

/** A match is never longer than this, so that windows which overlap by so much miss none. */
export const LONGEST_MATCH = 16 << 10;

interface Rule extends Pick<SecretFinding, "rule" | "kind"> {
	pattern: RegExp;
	/** Whether what the pattern found is one; `value` is its first group. */
	holds?: (value: string) => boolean;
	/** The first group lies before the match and belongs to it. */
	valueIsBefore?: true;
}

/** Beside those of secretlint: forms that it knows only in one spelling, and what it does not look for. */
const RULES: readonly Rule[] = [
	{
		rule: "private-key",
		kind: "secret",
		// The body too, so that it is redacted; within JSON its lines end in a backslash and an n.
		pattern:
			/-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[\w+/=:;,.()\s\\-]{0,16000}?-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)?/g,
	},
	{ rule: "api-key", kind: "secret", pattern: /\bsk-(?:[a-z0-9]+-){0,3}[A-Za-z0-9_-]{20,256}/g, holds: isRandom },
	{ rule: "github-token", kind: "secret", pattern: /\bgh[pousr]_[A-Za-z0-9]{12,255}/g, holds: isRandom },
	{ rule: "slack-token", kind: "secret", pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,255}/g },
	{ rule: "aws-access-key", kind: "secret", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{12,124}\b/g, holds: isRandom },
	{ rule: "google-key", kind: "secret", pattern: /\bAIza[\w-]{35}/g },
	{ rule: "huggingface-token", kind: "secret", pattern: /\bhf_[A-Za-z0-9]{30,64}\b/g },
	{ rule: "jwt", kind: "secret", pattern: /\beyJ[\w-]{10,4000}\.eyJ[\w-]{10,8000}\.[\w-]{10,2000}/g },
	{ rule: "bearer", kind: "secret", pattern: /\b[Bb]earer\s{1,3}([\w.~+/-]{20,2000}=*)/g, holds: isRandom },
	{
		rule: "assigned-secret",
		kind: "secret",
		pattern:
			/(?:[Pp]ass(?:word|wd|phrase)|PASS(?:WORD|WD|PHRASE)|[Ss]ecret|SECRET|[Aa]pi[_-]?[Kk]ey|API[_-]?KEY|[Tt]oken|TOKEN)[\\"']{0,3}\s{0,3}[:=]\s{0,3}[\\"']{0,3}([\w+/.~-]{16,512}={0,2})/g,
		holds: isRandom,
	},
	{
		rule: "home-folder",
		kind: "identity",
		pattern: /(?:\/home|\/Users|[A-Za-z]:\\{1,2}Users)[/\\]{1,2}([\w.-]{1,64})/g,
		holds: (name) => !/^(user|username|you|me|shared|public|default)$/i.test(name),
	},
	{
		rule: "host-name",
		kind: "identity",
		// From the ending backwards, since every word could be the start of a name.
		pattern:
			/(?<=(?<![\w.-])([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}))\.(?:internal|local|lan|corp|intranet|home\.arpa)\b(?!\s*\()/g,
		valueIsBefore: true,
		// `threading.local` is code; names of machines have a digit or a hyphen.
		holds: (name) => /[0-9-]/.test(name),
	},
];

/** Of secretlint, a rule that lets a text switch rules off: what is scanned must not decide that. */
const SWITCH = /filter-comments$/;

/** Loads the rules. Texts are searched as Latin-1: a character is a byte, so places are those of the file. */
export async function loadSecretSearch(machine: MachineNames = ofThisMachine()): Promise<SecretSearch> {
	const [{ lintSource }, { rules }] = await Promise.all([
		import("@secretlint/core"),
		import("@secretlint/secretlint-rule-preset-recommend"),
	]);
	const config = {
		rules: rules
			.filter(({ meta }) => !SWITCH.test(meta.id))
			.map((rule) => ({ id: shortName(rule.meta.id), rule, options: {} })),
	};
	const own = [...RULES, ...rulesOf(machine)];
	return async (text) => {
		const { messages } = await lintSource({
			source: { filePath: "scanned.txt", content: text, ext: ".txt", contentType: "text" },
			options: { locale: "en", maskSecrets: true, noPhysicFilePath: true, config },
		});
		const matches = messages.map(
			({ ruleId, range: [start, end] }): SecretMatch => ({ start, end, rule: ruleId, kind: "secret" }),
		);
		for (const rule of own) matches.push(...matchesOf(rule, text));
		return united(matches);
	};
}

const shortName = (id: string) => id.replace(/^.*secretlint-rule-/, "");

function ofThisMachine(): MachineNames {
	return { home: homedir(), host: hostname() };
}

function rulesOf({ home, host }: MachineNames): Rule[] {
	const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
	return [
		// The home of root names nobody.
		...(home.length > 4 && home !== "/root"
			? [{ rule: "home-folder", kind: "identity" as const, pattern: new RegExp(`${literal(home)}(?![\\w-])`, "g") }]
			: []),
		...(host.length > 3 && host !== "localhost"
			? [
					{
						rule: "host-name",
						kind: "identity" as const,
						pattern: new RegExp(`(?<![\\w-])${literal(host)}(?![\\w-])`, "g"),
					},
				]
			: []),
	];
}

function* matchesOf({ rule, kind, pattern, holds, valueIsBefore }: Rule, text: string): Generator<SecretMatch> {
	for (const match of text.matchAll(pattern)) {
		if (holds !== undefined && !holds(match[1] ?? match[0])) continue;
		const before = valueIsBefore === true ? (match[1]?.length ?? 0) : 0;
		yield { rule, kind, start: match.index - before, end: match.index + match[0].length };
	}
}

/** In order; what overlaps becomes one, under the name of a secret before that of an identity. */
function united(matches: SecretMatch[]): SecretMatch[] {
	const ordered = matches.sort((a, b) => a.start - b.start || b.end - a.end);
	const result: SecretMatch[] = [];
	for (const match of ordered) {
		const last = result.at(-1);
		if (last === undefined || match.start >= last.end) {
			result.push({ ...match });
			continue;
		}
		last.end = Math.max(last.end, match.end);
		if (last.kind === "identity" && match.kind === "secret")
			Object.assign(last, { rule: match.rule, kind: match.kind });
	}
	return result;
}

/** Words and names in code are not drawn at random: they have no digits, or few different characters. */
function isRandom(value: string): boolean {
	const body = value.replace(/^(sk|gh[pousr])[-_]/, "");
	if (!/[0-9]/.test(body) || !/[A-Za-z]/.test(body)) return false;
	return entropy(body) >= 3;
}

/** Shannon, in bits a character. */
function entropy(text: string): number {
	const counts = new Map<string, number>();
	for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
	return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
