import type { PlainValue } from "../domain/task.js";

const SPECIAL: Record<string, (body: PlainValue) => unknown> = {
	$tuple: (body) => ({ t: items(body).map(encodeValue) }),
	$set: (body) => ({ s: items(body).map(encodeValue) }),
	$frozenset: (body) => ({ f: items(body).map(encodeValue) }),
	$dict: (body) => ({ d: items(body).map((pair) => items(pair).map(encodeValue)) }),
	$bytes: (body) => ({ b: body }),
	$complex: (body) => ({ c: body }),
	$float: (body) => ({ x: body }),
	$int: (body) => ({ i: body }),
};

/** From the JSON of a task file to the judge's wire encoding. */
export function encodeValue(value: PlainValue): unknown {
	if (Array.isArray(value)) return value.map(encodeValue);
	if (value === null || typeof value !== "object") return value;
	const entries = Object.entries(value);
	const [key, body] = entries[0] ?? [];
	const special = entries.length === 1 && key !== undefined && body !== undefined ? SPECIAL[key] : undefined;
	if (special && body !== undefined) return special(body);
	return { d: entries.map(([name, item]) => [name, encodeValue(item)]) };
}

function items(value: PlainValue): PlainValue[] {
	return Array.isArray(value) ? value : [];
}
