import { execFileSync } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { StateInput } from "../../src/energy/world/messages.js";
import { readWorldFolder } from "../../src/energy/world/model-folder.js";
import { WorldSessions } from "../../src/energy/world/sessions.js";
import { WorldTokenizer } from "../../src/energy/world/tokenizer.js";
import { structureNumbers } from "../../src/languages/structure.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const TOKENS = 512;
const PROGRAMS = 256;
const ROUNDS = 4;

const TORCH = `
import json, sys, time
sys.path.insert(0, sys.argv[1])
import torch
from pathlib import Path
from assay_trainer.world.folder import read_world_folder
torch.set_num_threads(1)
model = read_world_folder(Path(sys.argv[2]))[0]
given = json.load(sys.stdin)
ids, kinds, facts = (torch.tensor(given[name]) for name in ("ids", "kinds", "facts"))
with torch.no_grad():
    model.encode(ids, kinds, facts)
    started = time.perf_counter()
    for _ in range(given["calls"]):
        model.encode(ids, kinds, facts)
print(len(ids) * given["calls"] / (time.perf_counter() - started))
`;

/** Programs of 512 tokens a second on one core, beside the same weights in torch on one core, in turns. */
async function main(json: boolean): Promise<void> {
	const folder = resolve(option("--model=") ?? `${root}fixtures/models/world-model`);
	const trainer = resolve(option("--trainer=") ?? `${root}src/trainer`);
	const report = (name: string, perSecond: number, text: string) =>
		void process.stdout.write(
			json ? `${JSON.stringify({ type: "bench.row", bench: "world", name, perSecond })}\n` : `${text}\n`,
		);
	const load = loadavg()[0]?.toFixed(1);
	report("machine", 0, `world: ${availableParallelism()} processors, Node ${process.versions.node}, load ${load}`);
	const { config, pieces, graphs, name } = await readWorldFolder(folder);
	if (config.maxTokens.state < TOKENS) report("cut", 0, `${name} takes ${config.maxTokens.state} tokens of a program`);
	const sessions = await WorldSessions.open({ config, pieces, graphs, threads: 1 });
	const tokenizer = new WorldTokenizer(pieces);
	const codes = Array.from({ length: PROGRAMS }, (_, i) => programOf(i));
	const read = codes.map((code) => ({ code, entryPoint: "f", known: structureNumbers(code, "f"), hidden: null }));
	const unread = codes.map((code): StateInput => ({ code, entryPoint: "f", known: null, hidden: null }));
	const rates = new Map<string, number[]>();
	const measure = async (what: string, work: () => Promise<unknown>): Promise<void> => {
		const started = performance.now();
		await work();
		rates.set(what, [...(rates.get(what) ?? []), PROGRAMS / ((performance.now() - started) / 1000)]);
	};
	const encode = (states: readonly StateInput[]) =>
		sessions.answer({ kind: "encode", states }, () => Promise.resolve(true));
	await encode(read.slice(0, 32));
	const batch = read.slice(0, 32).map((state) => ({
		...tokenizer.state({ ...state, unbound: state.known.unbound }, TOKENS),
		facts: state.known.facts,
	}));
	const input = JSON.stringify({
		ids: batch.map(({ ids }) => ids),
		kinds: batch.map(({ kinds }) => kinds),
		facts: batch.map(({ facts }) => facts),
		calls: PROGRAMS / 32,
	});
	for (let round = 0; round < ROUNDS; round++) {
		await measure("text to vector", () => encode(unread));
		await measure("text to vector, structure known", () => encode(read));
		await measure("tokens alone", () =>
			Promise.resolve(read.map((state) => tokenizer.state({ ...state, unbound: state.known.unbound }, TOKENS))),
		);
		try {
			const options = { input, env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" } };
			const said = execFileSync("/usr/bin/python3", ["-c", TORCH, trainer, folder], options).toString();
			rates.set("torch, tokens to vector", [...(rates.get("torch, tokens to vector") ?? []), Number(said)]);
		} catch (error) {
			if (round === 0)
				report("torch", 0, `torch: not measured: ${error instanceof Error ? error.message.split("\n")[0] : ""}`);
		}
	}
	const best = (what: string): number => Math.max(...(rates.get(what) ?? [0]));
	const [known, tokens] = [best("text to vector, structure known"), best("tokens alone")];
	// What is left of a program's time once its text is cut into tokens.
	rates.set("graph alone", [1 / (1 / known - 1 / tokens)]);
	for (const what of rates.keys()) report(what, best(what), `${what}: ${best(what).toFixed(0)} a second on one core`);
	if (rates.has("torch, tokens to vector"))
		report(
			"ratio",
			best("graph alone") / best("torch, tokens to vector"),
			`graph alone is ${(best("graph alone") / best("torch, tokens to vector")).toFixed(2)} times torch`,
		);
}

/** More than 512 tokens; no two alike. */
function programOf(i: number): string {
	const lines = Array.from({ length: 70 }, (_, at) => `    total_${at} = xs[${(i + at) % 10}] + count * ${at % 10}`);
	return `def f(xs, count):\n    """Adds up."""\n${lines.join("\n")}\n    return total_1\n`;
}

function option(name: string): string | undefined {
	return process.argv.find((word) => word.startsWith(name))?.slice(name.length);
}

await main(process.argv.includes("--json"));
