import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { escapeHtml } from "../../../src/lib/html.js";
import { assay, recordRun } from "./assay-command.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

const ATTACKS = [
	"<script>document.title='run'</script>",
	"</code></pre></details><script>document.title='run'</script>",
	"<img src=x onerror=\"document.title='run'\">",
	'"><svg onload=alert(1)>',
	"<!-- ]]> --> &lt;script&gt; \u0000\u001b[31m\u202e",
];

/** A run whose candidates would take over the page, under a task id that would, too. */
async function recordAttacks(workspace: string): Promise<string> {
	const { runId } = await runBestOfN({
		...surroundings(workspace),
		random: Math.random,
		verifier: fakeVerifier(),
		inputs: {
			...memoryInputs([functionTask("a<b>&\"'")]),
			recordedCandidates: () =>
				Promise.resolve(
					ATTACKS.map((attack, i) => ({
						file: `${i}.py`,
						code: `# accepted\n${attack}\n`,
						expect: "accepted" as const,
					})),
				),
		},
		config: runConfig({ n: ATTACKS.length }),
		resume: null,
	});
	return runId;
}

test("what a candidate wrote is text on the page of its run, never markup", async () => {
	const workspace = temporaryFolder();
	const run = await recordAttacks(workspace);
	const out = join(workspace, "run.html");
	expect((await assay(workspace, ["eval", run, "--out", out])).code).toBe(0);
	const page = readFileSync(out, "utf8");
	expect(page).not.toMatch(/<script|<img|onerror="|onload=alert\(1\)>|<b>/i);
	expect(page.match(/<svg /g)).toHaveLength(1);
	expect(page.match(/<details>/g)).toHaveLength(ATTACKS.length);
	expect(page).toContain(escapeHtml(ATTACKS[1] ?? ""));
	expect(page).toContain("\\u0000\\u001b[31m\\u202e");
	expect(page).toContain("default-src 'none'");
	expect(page).not.toMatch(/(src|href)="/);
});

const browser = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));

/** The page as the browser has it after everything was loaded and run. */
function shownBy(program: string, workspace: string, page: string): string {
	const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${workspace}/profile`, "--dump-dom"];
	return execFileSync(program, [...flags, `file://${page}`], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

test.skipIf(browser === undefined)(
	"a browser shows the page and runs nothing of it",
	async () => {
		const workspace = temporaryFolder();
		const run = await recordAttacks(workspace);
		const out = join(workspace, "run.html");
		await assay(workspace, ["eval", run, "--out", out]);
		const dom = shownBy(browser ?? "", workspace, out);
		expect(dom).toContain(`<title>Run ${run}</title>`);
		expect(dom.match(/<details>/g)).toHaveLength(ATTACKS.length);
		expect(dom).not.toMatch(/<script|<img/);
		expect(dom).toContain("&lt;script&gt;document.title='run'&lt;/script&gt;");
	},
	60_000,
);

test.skipIf(browser === undefined)(
	"a browser shows the page of a comparison with one title; columns that are not all numbers stand left",
	async () => {
		const workspace = temporaryFolder();
		const [a, b] = [await recordAttacks(workspace), await recordAttacks(workspace)];
		const out = join(workspace, "compare.html");
		expect(await assay(workspace, ["compare", a, b, "--out", out])).toMatchObject({ code: 0 });
		const dom = shownBy(browser ?? "", workspace, out);
		expect(dom).toContain(`<title>${a} against ${b}</title>`);
		expect(dom.match(/<h1>/g)).toHaveLength(1);
		expect(dom).not.toMatch(/<script|<img/);
		const [scores = ""] = /<table>.*?<\/table>/s.exec(dom) ?? [];
		expect(scores).toContain("tasks scored");
		expect(scores).not.toContain('class="n"');
	},
	60_000,
);

test("a comparison is written as one page with its tables", async () => {
	const workspace = temporaryFolder();
	const [a, b] = [await recordRun(workspace), await recordRun(workspace)];
	const out = join(workspace, "compare.html");
	expect(await assay(workspace, ["compare", a.runId, b.runId, "--out", out])).toMatchObject({ code: 0 });
	const page = readFileSync(out, "utf8");
	expect(page).toContain(`<h1>${a.runId} against ${b.runId}</h1>`);
	expect(page).toMatch(/<th>.*<\/th>/);
	expect(page).not.toContain("| ---");
});
