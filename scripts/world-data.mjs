// Builds the transitions that the shipped world model learns from, out of a folder of public data.
// npm run world:data [-- <folder of data> [<where they go> [more options of assay world build]]]
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [data = "../shared/data", out = "artifacts/world-data", ...more] = process.argv.slice(2);
const filesIn = (folder, pattern) =>
	readdirSync(join(data, folder))
		.filter((name) => pattern.test(name))
		.sort()
		.map((name) => join(data, folder, name));

const humanEval = join(data, "humaneval/HumanEval.jsonl.gz");
const assay = fileURLToPath(new URL("../bin/assay.js", import.meta.url));
const words = [
	...["world", "build", "--out", resolve(out)],
	...["--tasks", join(data, "mbpp/mbpp.jsonl"), humanEval],
	// Tasks with an odd number are kept for evaluation.
	...["--exclude", humanEval, "--exclude-ids", "[13579]$"],
	...["--samples", join(data, "codet/samples.jsonl"), ...filesIn("llm-humaneval-benchmarks", /\.jsonl$/)],
	...["--traces", ...filesIn("ldb", /\.(?:ldb|seed)\./), ...filesIn("reflexion", /^mbpp-py\./)],
	// Of LDB; Reflexion's is MIT, which allows no less.
	...["--license", "Apache-2.0"],
	...["--mutants", "8"],
	...more,
];
const { status } = spawnSync(process.execPath, [assay, ...words], { stdio: "inherit" });
process.exitCode = status ?? 1;
