import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { assay, jsonLines } from "./assay-command.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

/** A run of 40 tasks, of which 14 are solved. */
async function record(workspace: string, contamination: string | null = "written for the test"): Promise<string> {
	const tasks = Array.from({ length: 40 }, (_, i) => functionTask(`t${i}`, { contamination }));
	const { runId } = await runBestOfN({
		...surroundings(workspace),
		random: Math.random,
		verifier: fakeVerifier(),
		inputs: {
			...memoryInputs(tasks),
			recordedCandidates: (folder) => {
				const status = Number(/\d+$/.exec(folder)?.[0]) % 3 === 0 ? "accepted" : "wrong_answer";
				return Promise.resolve([{ file: "0.py", code: `# ${status}\n`, expect: status }]);
			},
		},
		config: runConfig({ n: 1 }),
		resume: null,
	});
	return runId;
}

async function check(workspace: string, yaml: string, ...argv: string[]) {
	writeFileSync(join(workspace, "claims.yaml"), yaml);
	const { code, stdout, stderr } = await assay(workspace, ["claims", "check", "--json", ...argv]);
	return { code, stderr, claims: stdout === "" ? [] : jsonLines(stdout) };
}

test("a claim without an evaluation, without a note on contamination, or against its figures is blocked and says why", async () => {
	const workspace = temporaryFolder();
	const noted = await record(workspace);
	const unnoted = await record(workspace, null);
	const { code, claims } = await check(
		workspace,
		`claims:
  - {id: gone, text: It solves most., eval: 20200101-000000-best-of-n-zzzz, atLeast: 0.5}
  - {id: unnoted, text: It solves a third., eval: ${unnoted}, atLeast: 0.1}
  - {id: wrong, text: It solves 90 %., eval: ${noted}, value: 0.9}
  - {id: broad, text: It is a better programmer., eval: ${noted}, atLeast: 0.1}
`,
	);
	expect(code).toBe(1);
	const [gone, none, wrong, broad, sums] = claims;
	expect(gone).toMatchObject({ status: "blocked", line: 2, figure: null });
	expect(gone.reasons[0]).toMatch(/^evaluation: no run is called "20200101/);
	expect(none).toMatchObject({ status: "blocked" });
	expect(none.reasons).toContain(
		`contamination: no note on presence in training data: ${unnoted}, nobody has said it of 40 tasks`,
	);
	expect(wrong.reasons).toContain("figure: the sentence says 0.9, computed is 0.3500");
	expect(broad.reasons.join()).toContain("wording: “broad coding improvement”");
	expect(sums).toMatchObject({ type: "claims.checked", blocked: 4 });
});

test("a claim about a model of which nobody knows what it was trained on stays open", async () => {
	const workspace = temporaryFolder();
	const run = await record(workspace);
	const { code, claims } = await check(workspace, `claims: [{id: a, text: A third., eval: ${run}, value: 0.35}]`);
	expect(code).toBe(0);
	expect(claims[0]).toMatchObject({ id: "a", status: "open" });
	expect(claims[0].reasons.join()).toContain("training: nobody can say whether scored tasks were trained on");
	expect(
		(await check(workspace, `claims: [{id: a, text: A third., eval: ${run}, value: 0.35}]`, "--strict")).code,
	).toBe(1);
});

test("the report of a run says whether its own score could be claimed, with figure and reasons, and what rests on it", async () => {
	const workspace = temporaryFolder();
	const reportOf = async (contamination: string | null) => {
		const run = await record(workspace, contamination);
		const text = readFileSync(join(workspace, "artifacts/reports", `${run}.md`), "utf8");
		return { run, claims: text.split("## Claims\n\n")[1]?.split("\n\n")[0] ?? "" };
	};
	const first = await reportOf("written for the test");
	expect(first.claims).toMatch(
		/^- open: “pass@1 is 0\.3500” \(its own score\); computed: pass@1 0\.3500 \[0\.\d+, 0\.\d+\], 40 tasks; because of training: nobody can say/,
	);
	expect((await reportOf(null)).claims).toContain("blocked: “pass@1 is 0.3500” (its own score)");
	writeFileSync(
		join(workspace, "claims.yaml"),
		"claims: [{id: day, text: Runs of that day are good., eval: '2', atLeast: 0.1}]",
	);
	expect((await reportOf("written for the test")).claims).toContain(
		"- unchecked: “Runs of that day are good.” (day); `assay claims check` computes it",
	);
});

test("the report of a run that was not judged to its end, or whose candidates are a mix, claims nothing", async () => {
	const workspace = temporaryFolder();
	const { runId } = await runBestOfN({
		...surroundings(workspace),
		random: Math.random,
		verifier: fakeVerifier(),
		inputs: memoryInputs([functionTask("a")]),
		config: runConfig({ backend: "mock", n: 4 }),
		resume: null,
	});
	expect(readFileSync(join(workspace, "artifacts/reports", `${runId}.md`), "utf8")).toMatch(
		/## Claims\n\n- blocked: .*because of evaluation: the candidates are a seeded mix of recorded ones/,
	);
});

test("a list shows what the last check said, until the claim is another one", async () => {
	const workspace = temporaryFolder();
	const run = await record(workspace);
	const yaml = (value: number) => `claims: [{id: a, text: A third., eval: ${run}, value: ${value}}]\n`;
	const listed = async () => jsonLines((await assay(workspace, ["claims", "list", "--json"])).stdout);
	writeFileSync(join(workspace, "claims.yaml"), yaml(0.35));
	expect(await listed()).toMatchObject([{ id: "a", restsOn: [run], checked: null }]);
	await check(workspace, yaml(0.35));
	expect(await listed()).toMatchObject([
		{ checked: { status: "open", figure: expect.stringMatching(/^pass@1 0\.3500/) } },
	]);
	writeFileSync(join(workspace, "claims.yaml"), yaml(0.4));
	expect(await listed()).toMatchObject([{ checked: null }]);
	expect(JSON.parse(readFileSync(join(workspace, "artifacts", "claims.json"), "utf8"))).toMatchObject({
		schema: "assay.claims.v1",
	});
});

test("what is wrong in claims.yaml is said with file, line and field", async () => {
	const workspace = temporaryFolder();
	const wrong = async (yaml: string) => {
		const { code, stderr } = await check(workspace, yaml);
		expect(code).toBe(2);
		return stderr.split("\n")[0];
	};
	const path = join(workspace, "claims.yaml");
	expect(await wrong("claims:\n  - id: a\n    text: x\n    eval: r\n    valeu: 1\n")).toBe(
		`assay: ${path}:5: field claims.0.valeu: unknown field`,
	);
	expect(await wrong("claims:\n  - id: a\n    text: x\n    compare: [r]\n    says: better\n")).toContain(
		`${path}:4: field claims.0.compare: expected two results`,
	);
	expect(await wrong("claims:\n  - {id: a, text: x, eval: r}\n  - {id: a, text: y, eval: r}\n")).toContain(
		`${path}:3: field claims.1.id: a is the name of an earlier claim`,
	);
	expect(await wrong("claims: [")).toContain(`${path}:1: not valid YAML`);
	expect((await assay(temporaryFolder(), ["claims", "check"])).stderr).toContain("claims.yaml: no such file");
});
