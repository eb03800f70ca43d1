/** What is told first of a step, as it says most; the rest follows in the trainer's own order. */
const FIRST = ["loss", "reward", "policy_loss", "value_loss", "informative", "entropy", "kl"];
const ENVELOPE = /^\{"v": ?1, ?"t": ?"[a-z_.]+"/;
/** What srun puts before the lines of a node, and torchrun before those of a process. */
const LABELS = /^(?: *\d+: )?(?:\[default\d+\]:)?/;

/** A line that our trainer reports on, for people: what it is, of which step, and its figures. null: it is no such line. */
export function trainerLine(labelled: string): string | null {
	const line = labelled.replace(LABELS, "");
	if (!ENVELOPE.test(line)) return null;
	const event = parsed(line);
	const [kind, step, figures] = [field(event, "t"), field(event, "step"), field(event, "m")];
	if (typeof kind !== "string" || typeof figures !== "object" || figures === null) return null;
	const what = kind.replace(/^train\./, "").replaceAll("_", " ");
	const told = Object.entries(figures).flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));
	const ordered = [
		...FIRST.flatMap((name) => told.filter((one) => one.name === name)),
		...told.filter(({ name }) => !FIRST.includes(name)),
	];
	const place = typeof step !== "number" ? [] : what === "step" ? [`step ${step}`] : [what, `step ${step}`];
	const head = place.length > 0 ? place : [what];
	return [...head, ...ordered.map(({ name, value }) => `${name.replaceAll("_", " ")} ${textOf(value)}`)].join("  ");
}

/** When our trainer said so, as ISO 8601; null: it is no such line. */
export function trainerTime(labelled: string): string | null {
	const line = labelled.replace(LABELS, "");
	if (!ENVELOPE.test(line)) return null;
	const [, seconds] = /"at": ?(\d{9,10}(?:\.\d+)?)/.exec(line) ?? [];
	return seconds === undefined ? null : new Date(Number(seconds) * 1000).toISOString();
}

function parsed(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		// Only its beginning is there.
		return null;
	}
}

function field(event: unknown, name: string): unknown {
	return typeof event === "object" && event !== null ? Reflect.get(event, name) : null;
}

function textOf(value: unknown): string {
	return typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
}
