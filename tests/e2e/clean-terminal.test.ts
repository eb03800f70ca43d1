import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Session, startSession } from "./session.js";

const folder = mkdtempSync(join(tmpdir(), "assay-clean-"));
const tasks = join(folder, "tasks");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sessions: Session[] = [];
afterEach(() => {
	for (const session of sessions.splice(0)) session.kill();
});

/** Judging its only candidate takes as long as it may. */
const SLOW_TASK = `
schema: assay.task.v1
kind: function
id: slow
title: A long time
language: python
prompt: Return x.
entryPoint: slow
starterCode: |
  def slow(x):
      pass
tests:
  public: [assert slow(1) == 1]
  hidden: [assert slow(2) == 2]
limits: { cpuTimeMs: 60000 }
candidates: candidates
source: { origin: assay, license: MIT }
`;

beforeAll(() => {
	mkdirSync(join(tasks, "candidates"), { recursive: true });
	writeFileSync(join(tasks, "slow.yaml"), SLOW_TASK);
	writeFileSync(join(tasks, "candidates", "endless.py"), "def slow(x):\n    while True:\n        pass\n");
	writeFileSync(join(tasks, "candidates", "index.yaml"), "- { file: endless.py, expect: time_limit_exceeded }\n");
});

/** A throw that nobody expects, from outside of any screen. */
const THROWS_ON_SIGNAL = {
	NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
		'process.on("SIGUSR2",()=>{throw new Error("thrown out of nowhere")})',
	)}`,
};

function start(env: Record<string, string> = {}): Session {
	const workspace = mkdtempSync(join(folder, "workspace-"));
	const session = startSession({ words: ["open", "--workspace", workspace, "--tasks", tasks], env });
	sessions.push(session);
	return session;
}

/** With judge processes at work. */
async function startJudging(env: Record<string, string> = {}): Promise<Session> {
	const session = start(env);
	await session.until("slow");
	await session.until(/sandbox (bwrap|rlimit)/);
	session.send({ keys: "r\r" });
	await session.until("live");
	return session;
}

async function expectClean(session: Session, exit: number): Promise<void> {
	const end = await session.ended;
	expect(end.exit).toBe(exit);
	expect(end.modes).toEqual(end.before);
	expect(end.left).toEqual([]);
	expect(session.isAlternate()).toBe(false);
	expect(session.changedModes()).toEqual([]);
}

describe("the terminal is as it was, and no process is left", () => {
	test("after q", async () => {
		const session = start();
		await session.until("slow");
		session.send({ keys: "q" });
		await expectClean(session, 0);
		// Once: the second time would put the cursor over what has been written since.
		expect(session.written().match(/\x1b\[\?1049l/g)).toHaveLength(1);
	});

	for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) {
		test(`after ${signal} in the middle of a run`, async () => {
			const session = await startJudging();
			session.send({ signal });
			await expectClean(session, 130);
		});
	}

	test("after an error that nobody caught, whose stack can be read then", async () => {
		const session = await startJudging(THROWS_ON_SIGNAL);
		session.send({ signal: "SIGUSR2" });
		await expectClean(session, 70);
		expect(session.written().split("\x1b[?1049l")[1]).toContain("thrown out of nowhere");
		expect(await session.text()).toContain("this is a bug in assay");
	});

	test("when the terminal itself goes away, with and without something to draw", async () => {
		const [busy, idle] = [await startJudging(), start()];
		await idle.until(/sandbox (bwrap|rlimit)/);
		await idle.quiet();
		for (const session of [busy, idle]) {
			session.send({ hangup: true });
			const { exit, left } = await session.ended;
			expect({ exit, left }).toEqual({ exit: 0, left: [] });
		}
	});
});

describe("the mouse", () => {
	const clickAt = (x: number, y: number) => `\x1b[<0;${x};${y}M\x1b[<0;${x};${y}m`;

	test("is the terminal's until it is asked for, then clicks and scrolls, also after a stop, and is given back", async () => {
		const session = start();
		await session.until("slow");
		await session.until(/sandbox (bwrap|rlimit)/);
		await session.quiet();
		expect(session.written()).not.toContain("\x1b[?1000h");
		session.send({ keys: "m" });
		await session.until("mouse on");
		await session.quiet();
		session.send({ keys: "\x1a" });
		await session.stopped(1);
		expect(session.changedModes()).toEqual([]);
		session.send({ keys: "fg\n" });
		await session.until("slow");
		await session.quiet();
		expect(session.changedModes()).toEqual(expect.arrayContaining(["1000", "1006"]));
		const header = (await session.lines())[0] ?? "";
		session.send({ keys: clickAt(header.indexOf("7") + 1, 1) });
		await session.until(/\[7/);
		session.send({ keys: clickAt(2, 1) });
		await session.until(/\[1/);
		session.send({ keys: clickAt(10, 4) });
		await session.until("Public tests");
		session.send({ keys: "qq" });
		await expectClean(session, 0);
	});

	test("is given back after an error that nobody caught", async () => {
		const session = start(THROWS_ON_SIGNAL);
		await session.until("slow");
		session.send({ keys: "m" });
		await session.until("mouse on");
		session.send({ signal: "SIGUSR2" });
		await expectClean(session, 70);
	});
});

describe("a stopped workbench", () => {
	for (const [how, command] of [
		["Ctrl-Z", { keys: "\x1a" }],
		["SIGTSTP of others", { signal: "SIGTSTP" }],
	] as const) {
		test(`leaves the terminal to the shell after ${how}, and comes back as it was`, async () => {
			const session = start();
			await session.until("slow");
			await session.until(/sandbox (bwrap|rlimit)/);
			// The first key takes the word of welcome away.
			session.send({ keys: "g" });
			await session.quiet();
			const shown = await session.lines();
			for (const round of [1, 2]) {
				session.send(command);
				const modes = await session.stopped(round);
				await session.text();
				expect(session.isAlternate()).toBe(false);
				expect(session.changedModes()).toEqual([]);
				session.send({ keys: "fg\n" });
				await session.until("slow");
				await session.quiet();
				expect(session.isAlternate()).toBe(true);
				expect(await session.lines()).toEqual(shown);
				if (round === 2) {
					session.send({ keys: "q" });
					const end = await session.ended;
					expect(modes).toEqual(end.before);
					expect(end.modes).toEqual(end.before);
					expect(end.exit).toBe(0);
				}
			}
		});
	}

	test("comes back even where nothing ever stopped it", async () => {
		const session = start({ NODE_OPTIONS: IGNORES_STOP });
		await session.until("slow");
		session.send({ keys: "\x1a" });
		// Left and entered again; what is typed in between belongs to the shell.
		await session.wrote(/\x1b\[\?1049l.*\x1b\[\?1049h.*slow/s);
		await session.quiet();
		session.send({ keys: "?" });
		await session.until("read the task");
		expect(session.isAlternate()).toBe(true);
		session.send({ keys: "qq" });
		await expectClean(session, 0);
	});
});

/** As in a process group that no shell looks after: the system does not stop it then. */
const IGNORES_STOP = `--import=data:text/javascript,${encodeURIComponent(
	"const kill=process.kill;process.kill=(pid,signal)=>signal==='SIGTSTP'?true:kill.call(process,pid,signal)",
)}`;
