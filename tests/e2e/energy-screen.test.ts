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

test("a run whose files went away after it was ranked says so, tab by tab, and the screen goes on", async () => {
	const workspace = mkdtempSync(join(folder, "gone-"));
	const words = [
		"run",
		path("fixtures/tasks"),
		"--task",
		"two_sum",
		"--task",
		"fibonacci",
		"--backend",
		"mock",
		"-n",
		"4",
	];
	const { status, stderr } = spawnSync(
		process.execPath,
		[path("bin/assay.js"), ...words, "--quiet", "--workspace", workspace],
		{ encoding: "utf8" },
	);
	expect(stderr).toBe("");
	expect([0, 1]).toContain(status);
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
