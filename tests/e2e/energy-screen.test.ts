import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { type Session, startSession } from "./session.js";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "assay-energy-screen-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The run that ships with the program, ranked by the models that ship with it. */
async function ranked(workspace: string, columns: number, rows: number): Promise<Session> {
	const words = ["open", "--screen", "energy", "--workspace", workspace];
	const session = startSession({ words, columns, rows });
	await session.until("nothing is ranked yet");
	session.send({ keys: "O" });
	await session.until(/▸ \d{8}-\d{6}-/);
	session.send({ keys: "\r" });
	await session.until(/\d+ tasks of \d+ rerankable/);
	return session;
}

test("screen 3 is walked through: maps, other questions, goals, sizes, keys without sense, and the terminal back as it was", async () => {
	const session = await ranked(mkdtempSync(join(folder, "walk-")), 120, 40);
	try {
		session.send({ keys: "l\r" });
		await session.until("[ranks]");
		session.send({ keys: "]]]" });
		await session.until(/#\d+ energy \d/);
		await session.until(/B before {2}P predicted/);
		session.send({ keys: "kkjjhhll" });
		await session.quiet();
		session.send({ keys: "c" });
		await session.until("Ask the question of");
		session.send({ keys: "chun\r" });
		await session.until(/with the question of chunked: \d+ of/);
		expect(await session.text()).not.toMatch(/accepted|rejected/);
		session.send({ keys: "v" });
		await session.until(/\+?-?\d\.\d{3} +✓ accepted/);
		session.send({ keys: "]" });
		await session.until("no index of past edits");
		session.send({ keys: "\x1b[15~\x1b[99;99Z\xff%&" });
		for (const size of [
			[80, 24],
			[200, 60],
			[60, 15],
			[120, 40],
		] as const) {
			session.send({ size: [...size] });
			await session.quiet();
			expect(await session.text()).not.toContain("a bug in assay");
		}
		session.send({ keys: "hh[" });
		await session.until(/\d+ of \d+ goals missed on this run/);
		expect(await session.text()).toMatch(/MISSED {2}energy: /);
		await session.until("the card in ");
		session.send({ keys: "G" });
		await session.until("Safety decisions");
		session.send({ keys: "Q" });
		const end = await session.ended;
		expect(end.exit).toBe(0);
		expect(end.modes).toEqual(end.before);
		expect(end.left).toEqual([]);
		expect(session.changedModes()).toEqual([]);
	} finally {
		session.kill();
	}
});

/** Runs a command to its end in a workspace. */
function assay(workspace: string, ...words: string[]): void {
	const args = [path("bin/assay.js"), ...words, "--quiet", "--workspace", workspace];
	const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
	expect(stderr).toBe("");
	expect([0, 1]).toContain(status);
}

function workspaceWithRun(name: string): string {
	const workspace = mkdtempSync(join(folder, name));
	const tasks = [path("fixtures/tasks"), "--task", "two_sum", "--task", "fibonacci"];
	assay(workspace, "run", ...tasks, "--backend", "mock", "-n", "4");
	return workspace;
}

test("a recorded ranking is opened with its run, and elsewhere without it and without any model", async () => {
	const workspace = workspaceWithRun("recorded-");
	const file = join(workspace, "ranking.jsonl");
	assay(workspace, "rank", "latest", "--no-execute", "--out", file);
	for (const [at, here, diff] of [
		[workspace, "run here", /starter code → #\d/],
		[mkdtempSync(join(folder, "elsewhere-")), "run not here", "programs are not in a recorded ranking"],
	] as const) {
		const session = startSession({ words: ["open", "--ranking", file, "--workspace", at], columns: 120, rows: 40 });
		try {
			await session.until(new RegExp(`RECORDED \\d{4}-\\d\\d-\\d\\d .* UTC by assay .*; ${here}`));
			session.send({ keys: "l\r]" });
			await session.until(diff);
			session.send({ keys: "Q" });
			expect((await session.ended).exit).toBe(0);
		} finally {
			session.kill();
		}
	}
});

test("a run whose files went away after it was ranked says so, tab by tab, and the screen goes on", async () => {
	const workspace = workspaceWithRun("gone-");
	const session = await ranked(workspace, 120, 40);
	try {
		session.send({ keys: "l\r" });
		await session.until("[ranks]");
		const rollouts = join(workspace, "artifacts", "rollouts");
		for (const name of readdirSync(rollouts)) rmSync(join(rollouts, name), { recursive: true });
		for (const tab of ["diff", "lines", "map"]) {
			session.send({ keys: "]" });
			await session.until(new RegExp(`\\[${tab}\\][^]*(ENOENT|nothing is left)`));
		}
		session.send({ keys: "hh7" });
		await session.until("[7 Runs");
	} finally {
		session.kill();
	}
});
