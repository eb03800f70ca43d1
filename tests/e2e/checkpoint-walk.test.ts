import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { runCommand } from "../../commands/main.js";
import { type Session, startSession } from "./session.js";

const shipped = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), "assay-walk-"));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

const HEAD = `# Which tasks got worse, and why

Five keys from the start of the workbench, at 80x24. The samples are four of each held-out task by the model that ships
(\`tiny-coder\`) and by the same model after 40 steps on its own accepted samples (\`tiny-coder-1\`); both are in
\`fixtures/checkpoints\`, and \`assay verify fixtures/tasks/tiny fixtures/checkpoints/tiny-coder.jsonl --filter dev\` judges them.
Made from the real program: \`UPDATE_GOLDEN=1 npx vitest run tests/e2e/checkpoint-walk.test.ts\`.
`;

async function judge(samples: string): Promise<void> {
	const out = new PassThrough().resume();
	const words = ["verify", shipped("fixtures/tasks/tiny"), shipped(samples), "--filter", "dev", "--quiet"];
	const surroundings = { stdout: out, stderr: out, signal: new AbortController().signal, env: {}, cwd: workspace };
	expect(await runCommand(words, surroundings)).toBe(0);
}

/** Without the end of the first row, which depends on the machine. */
async function frame(session: Session): Promise<string> {
	await session.quiet();
	const [head = "", ...rest] = await session.lines();
	return [head.split(/ {2,}(?=sandbox)/)[0], ...rest].join("\n");
}

test("docs/checkpoints-walk.md shows what the program shows: which tasks got worse, and why, in five keys", async () => {
	await judge("fixtures/checkpoints/tiny-coder-1.jsonl");
	await judge("fixtures/checkpoints/tiny-coder.jsonl");
	const session = startSession({ words: ["open", "--workspace", workspace] });
	await session.until("binary_search");
	await session.until(/sandbox (bwrap|rlimit)/);
	const steps: [key: string, keys: string, until: string | RegExp, says: string][] = [
		["6", "6", /tiny-coder-1\.jsonl .*0\.\d{3}/, "the checkpoints of the workspace, with their evaluations"],
		["Space", " ", "1 marked", "marks the first: A, the baseline"],
		["Space", " ", "2 marked", "marks the second: B"],
		["v", "v", /worse|better|cannot tell/, "compares them: winner, interval, test, and every task, worst change first"],
		["Enter", "\r", "@@", "why: both sides' candidates, what the tests said, and what differs"],
	];
	let text = HEAD;
	for (const [key, keys, until, says] of steps) {
		session.send({ keys });
		await session.until(until);
		text += `\n## \`${key}\` ${says}\n\n\`\`\`text\n${await frame(session)}\n\`\`\`\n`;
	}
	session.kill();
	const path = shipped("docs/checkpoints-walk.md");
	if (process.env.UPDATE_GOLDEN) writeFileSync(path, text);
	expect(text).toBe(readFileSync(path, "utf8"));
});
