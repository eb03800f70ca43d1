import type { FormField } from "./dialog.js";

export type Texts = Readonly<Record<string, string>>;
/** A form as it is opened. */
export type Filled = { fields: FormField[]; texts: Texts };

export const whole = { kind: "number", by: 1, isWhole: true, empty: null, least: 1, most: 10_000 } as const;
export const text = { kind: "text", empty: null } as const;
export const choice = (...values: readonly string[]) => ({
	kind: "choice" as const,
	options: values.map((value) => ({ value, label: value })),
});

export const SEED_MOST = 999_999_999;

/** How long a training goes on, from which seed. */
export const LENGTH_FIELDS: readonly FormField[] = [
	{
		...whole,
		id: "steps",
		label: "steps",
		about: "of training",
		most: 10_000_000,
		by: 10,
		empty: "as many as are usual",
	},
	{
		...whole,
		id: "seed",
		label: "seed",
		about: "of everything random",
		least: 0,
		most: SEED_MOST,
		empty: "that of the config, else 0",
	},
];

/** What it may use of the machine that trains. */
export const MACHINE_FIELDS: readonly FormField[] = [
	{
		...whole,
		id: "threads",
		label: "threads",
		about: "of the processor; with 1 equal seeds give equal weights",
		most: 1024,
	},
	{
		...choice("auto", "cpu", "cuda"),
		id: "device",
		label: "device",
		about: "auto: a CUDA device where there is one",
	},
];

/** A file of settings, and settings one by one, by these names. */
export const settingsFields = (names: readonly string[]): FormField[] => [
	{
		...text,
		id: "settingsFile",
		label: "config",
		about: "a YAML file of settings; what is typed here comes before it",
		empty: "none",
	},
	{
		...text,
		id: "settings",
		label: "settings",
		about: `name=value, with spaces: ${names.join(", ")}`,
		empty: "as usual",
	},
];

/** What these fields say; a text: why it cannot be. */
export function commonWish(texts: Texts) {
	const of = textIn(texts);
	const settings = settingsIn(of("settings"));
	if (typeof settings === "string") return settings;
	const optional = (name: string) => (of(name) === "" ? {} : { [name]: of(name) });
	return {
		settingsFile: of("settingsFile") === "" ? null : of("settingsFile"),
		name: of("name"),
		threads: Number(of("threads")),
		device: oneOf(of("device"), ["auto", "cpu", "cuda"]),
		settings: { ...optional("seed"), ...optional("steps"), ...settings },
	};
}

export const textIn = (texts: Texts) => (name: string) => texts[name]?.trim() ?? "";

/** Of a choice; the first where it is none of them. */
export const oneOf = <T extends string>(text: string, values: readonly [T, ...T[]]): T =>
	values.find((value) => value === text) ?? values[0];

export function settingsIn(typed: string): Record<string, string> | string {
	const parts = typed.split(/[\s,]+/).filter((part) => part !== "");
	const wrong = parts.find((part) => !/^[^=]+=.+$/.test(part));
	if (wrong !== undefined) return `settings: expected name=value, not ${wrong}`;
	return Object.fromEntries(parts.map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]));
}
