import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { WorldTokenizer } from "../../../../src/energy/world/tokenizer.js";
import { seededRandom } from "../../../../src/lib/seeded-random.js";
import { PIECES } from "./tiny-model.js";

const root = mkdtempSync(join(tmpdir(), "assay-tokens-"));
afterAll(() => rmSync(root, { recursive: true }));
const trainer = fileURLToPath(new URL("../../../../src/trainer", import.meta.url));
const pieces = [...PIECES, "self", "import", "turn", "re", "list", "==", "**", "->", "é"];
const tokenizer = new WorldTokenizer(pieces);

const Numbers = z.array(z.int());
const Contract = z.object({
	pieces: z.array(z.string()),
	states: z.array(
		z.object({
			code: z.string(),
			entryPoint: z.string().nullable(),
			unbound: z.array(z.string()),
			most: z.int(),
			ids: Numbers,
			kinds: Numbers,
			lines: Numbers,
		}),
	),
	actions: z.array(z.object({ text: z.string(), entryPoint: z.string().nullable(), most: z.int(), ids: Numbers })),
});

interface Text {
	code: string;
	entryPoint: string | null;
	unbound: string[];
	most: number;
}

const PYTHON = `
import json, sys
sys.path.insert(0, sys.argv[1])
from assay_trainer.world.tokens import Tokenizer
tokenizer = Tokenizer(tuple(json.load(open(sys.argv[2]))))
for line in open(sys.argv[3], encoding="utf-8"):
    text = json.loads(line)
    state = tokenizer.state(text["code"], text["entryPoint"], text["unbound"], text["most"])
    action = tokenizer.action(text["code"], text["entryPoint"], 128)
    print(json.dumps([state.ids, state.kinds, state.lines, action]))
`;

function* texts(): Generator<Text> {
	const sources = readdirSync(trainer, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".py"));
	const odd = [
		'x = "é日本😀"\n\tif a:\n  b\r\n',
		'"""open',
		"'a\\\nb' + f\"{x!r}\"",
		"",
		"\\",
		"\\\n",
		"a\x0cb\x85c\u2028d",
		"'''",
	];
	const random = seededRandom(7);
	const alphabet = [..."abAB_01 \t\n\r\\'\"#()[]{},*=:.é😀"];
	const noise = Array.from({ length: 500 }, () =>
		Array.from({ length: Math.floor(random() * 60) }, () => alphabet[Math.floor(random() * alphabet.length)]).join(""),
	);
	const codes = [...sources.map((name) => readFileSync(join(trainer, name), "utf8")), ...odd, ...noise];
	for (const [i, code] of codes.entries()) {
		const names = code.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? [];
		const entryPoint = names[i % Math.max(1, names.length)] ?? null;
		yield { code, entryPoint, unbound: names.slice(0, 2), most: i % 2 === 0 ? 512 : 1_000_000 };
	}
}

test("programs and questions have the same ids, kinds and lines as in the trainer", () => {
	const all = [...texts()];
	const [vocabulary, file] = [join(root, "pieces.json"), join(root, "texts.jsonl")];
	writeFileSync(vocabulary, JSON.stringify(pieces));
	writeFileSync(file, all.map((text) => `${JSON.stringify(text)}\n`).join(""));
	const output = execFileSync("python3", ["-c", PYTHON, trainer, vocabulary, file], { maxBuffer: 1 << 28 }).toString();
	const theirs = output.trim().split("\n");
	expect(theirs).toHaveLength(all.length);
	for (const [i, text] of all.entries()) {
		const { ids, kinds, lines } = tokenizer.state(text, text.most);
		const ours = [ids, kinds, lines, tokenizer.action(text.code, text.entryPoint, 128)];
		expect(ours, `text ${i}`).toEqual(JSON.parse(theirs[i] ?? "null"));
	}
});

test("texts of the contract have the ids that it says", () => {
	const path = fileURLToPath(new URL("../../../../fixtures/trainer/world-tokens.json", import.meta.url));
	const contract = Contract.parse(JSON.parse(readFileSync(path, "utf8")));
	const of = new WorldTokenizer(contract.pieces);
	for (const { code, entryPoint, unbound, most, ...expected } of contract.states)
		expect(of.state({ code, entryPoint, unbound }, most)).toEqual(expected);
	for (const { text, entryPoint, most, ids } of contract.actions)
		expect(of.action(text, entryPoint, most)).toEqual(ids);
});

test("names fall into words, unknown words into the longest pieces that are known", () => {
	const of = (code: string) =>
		tokenizer.state({ code, entryPoint: "go", unbound: ["zz"] }, 99).ids.map((id) => pieces[id]);
	expect(of("def go(re_list): return zz")).toEqual([
		"def",
		"<entry>",
		"(",
		"re",
		"list",
		")",
		":",
		"return",
		"z",
		"z",
		"<newline>",
	]);
	const { kinds } = tokenizer.state({ code: "def go(a): return zz + a", entryPoint: "go", unbound: ["zz"] }, 99);
	expect(kinds).toEqual([1, 3, 1, 4, 1, 1, 1, 2, 2, 1, 4, 1]);
});
