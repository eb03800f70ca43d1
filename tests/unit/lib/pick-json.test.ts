import { expect, test } from "vitest";
import { jsonPicker } from "../../../src/lib/pick-json.js";
import { seededRandom } from "../../../src/lib/seeded-random.js";

const pick = jsonPicker({ a: true, b: { c: true, d: { e: true } }, long: true });

/** What `pick` has to give, from the whole value. */
function picked(value: unknown): unknown {
	if (!isObject(value)) return value;
	return {
		...("a" in value ? { a: value.a } : {}),
		...("b" in value ? { b: isObject(value.b) ? inner(value.b) : value.b } : {}),
		...("long" in value ? { long: value.long } : {}),
	};
}

function inner(value: object): object {
	const hasD = "d" in value;
	const d = hasD && isObject(value.d) ? ("e" in value.d ? { e: value.d.e } : {}) : hasD ? value.d : undefined;
	return { ...("c" in value ? { c: value.c } : {}), ...(hasD ? { d } : {}) };
}

function isObject(value: unknown): value is object {
	return value !== null && typeof value === "object" && !Array.isArray(value);
}

const TEXTS = [
	'{"a":1,"b":{"c":"x","d":{"e":[1,2,{"e":3}],"f":0}},"z":{"a":9}}',
	' {\t"z" : [ ] , "b" : { } ,\r"a" : -0.5e+3 } ',
	'{"b":[{"c":1}],"a":"\\u00e9\\"\\\\ \\ud83d\\ude00 ünï 😀","a":null}',
	'{"\\u0061":"written with an escape","b":{"d":7,"\\u0063":true}}',
	'{"a":{"b":1},"b":null,"z":"\\"a\\":2,{"}',
	`{"long":"${"word ".repeat(60)}","a":false,"b":{"c":0}}`,
	"{}",
	"[1]",
	'"a"',
	"null",
];

test("what is picked is what JSON.parse gives for these members, line after line", () => {
	for (const text of [...TEXTS, ...TEXTS.toReversed()]) {
		expect(pick(Buffer.from(text)), text).toEqual(picked(JSON.parse(text)));
	}
});

test("a text is refused exactly where JSON.parse refuses it, wherever it is cut or changed", () => {
	const random = seededRandom(1);
	const signs = Buffer.from('{}[]",:\\0129.eE+-tfnu \n\u0001x');
	let refused = 0;
	let taken = 0;
	for (const text of TEXTS) {
		const whole = Buffer.from(text);
		const damaged = [
			...Array.from(whole.keys(), (end) => whole.subarray(0, end)),
			...Array.from({ length: 2000 }, () => {
				const copy = Buffer.from(whole);
				for (let i = 0; i <= random() * 2; i++) {
					copy[Math.floor(random() * copy.length)] = signs[Math.floor(random() * signs.length)] ?? 0;
				}
				return copy;
			}),
		];
		for (const bytes of damaged) {
			let expected: unknown;
			try {
				expected = picked(JSON.parse(bytes.toString("utf8")));
				taken++;
			} catch {
				refused++;
			}
			expect(pick(bytes), bytes.toString()).toEqual(expected);
		}
	}
	expect(Math.min(refused, taken)).toBeGreaterThan(1000);
});

test("what is nested so deep that it would take all of the stack is not read", () => {
	expect(pick(Buffer.from(`{"z":${"[".repeat(400)}${"]".repeat(400)},"a":1}`))).toEqual({ a: 1 });
	expect(pick(Buffer.from(`{"z":${"[".repeat(100_000)}${"]".repeat(100_000)},"a":1}`))).toBeUndefined();
	expect(pick(Buffer.from('{"z":'.repeat(100_000)))).toBeUndefined();
});
