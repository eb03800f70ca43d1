import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Session, startSession } from "./session.js";

// Written again with UPDATE_GOLDEN=1; a change of a picture is looked at like a change of code.
const golden = new URL("./golden/", import.meta.url);
/** The screens show the way to the tasks, which must be the same wherever the project lies. */
const link = "/tmp/assay-golden";
const tasks = `${link}/tasks`;
const folder = mkdtempSync(join(tmpdir(), "assay-screens-"));
beforeAll(() => {
	rmSync(link, { force: true });
	// With all that tasks point at beside them.
	symlinkSync(fileURLToPath(new URL("../../fixtures", import.meta.url)), link);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sessions: Session[] = [];
afterEach(() => {
	for (const session of sessions.splice(0)) session.kill();
});

async function start(columns: number, rows: number, env: Record<string, string> = {}): Promise<Session> {
	const workspace = mkdtempSync(join(folder, "workspace-"));
	const session = startSession({ words: ["open", "--workspace", workspace, "--tasks", tasks], columns, rows, env });
	sessions.push(session);
	await session.until("binary_search");
	await session.until(/sandbox (bwrap|rlimit)/);
	// Without the messages, which tell times and what this machine's sandbox is.
	session.send({ keys: "`" });
	await session.until(/^ Enter read the task/m);
	return session;
}

/** All but the status at the end of the first row, which depends on the machine. */
async function picture(session: Session): Promise<string> {
	await session.quiet();
	const [head = "", ...rest] = await session.lines();
	return `${[head.split(/ {2,}/)[0], ...rest].join("\n")}\n`;
}

function expectGolden(name: string, text: string): void {
	const path = new URL(`${name}.txt`, golden);
	if (process.env.UPDATE_GOLDEN) {
		mkdirSync(golden, { recursive: true });
		writeFileSync(path, text);
	}
	expect(text).toBe(readFileSync(path, "utf8"));
}

const COLOURS = /\x1b\[(?:[0-9]+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9]+)*m/;

describe("the real program on a terminal", () => {
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
		[200, 60],
	] as const) {
		test(`shows tasks and a recorded run at ${columns}x${rows}, the same without colours`, async () => {
			const size = `${columns}x${rows}`;
			const [coloured, plain] = await Promise.all([
				start(columns, rows, { COLORTERM: "truecolor" }),
				start(columns, rows, { NO_COLOR: "1" }),
			]);
			for (const session of [coloured, plain]) {
				expectGolden(`tasks-${size}`, await picture(session));
				session.send({ keys: "o" });
				await session.until("Open a run");
				session.send({ keys: "\r" });
				await session.until(/event ([0-9 ]+) of \1 /);
				session.send({ keys: "jl" });
				await session.until(/▸chunked +✓▸✓(?!.*│ reading)/s);
				expectGolden(`best-of-n-${size}`, await picture(session));
				session.send({ keys: "Q" });
				const end = await session.ended;
				expect(end.exit).toBe(0);
				expect(end.modes).toEqual(end.before);
			}
			expect(coloured.written()).toMatch(COLOURS);
			expect(plain.written()).not.toMatch(COLOURS);
		});
	}
});

/** A seeded generator of whole numbers below a limit. */
function numbers(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		return (state >>> 8) % below;
	};
}

/** What is shown is what a fresh paint of the same state shows; then it ends, and the terminal is as it was. */
async function expectRightAndClean(session: Session): Promise<void> {
	session.send({ size: [120, 40] });
	await session.quiet();
	// A key takes the last message away.
	session.send({ keys: "\x0c" });
	await session.quiet();
	const shown = await session.lines();
	session.send({ keys: "\x0c" });
	await session.quiet();
	expect(await session.lines()).toEqual(shown);
	session.send({ signal: "SIGTERM" });
	const end = await session.ended;
	expect(end.exit).toBe(130);
	expect(end.modes).toEqual(end.before);
	expect(end.left).toEqual([]);
	expect(session.isAlternate()).toBe(false);
	expect(session.changedModes()).toEqual([]);
	expect(session.written()).not.toContain("a bug in assay");
}

describe("whatever comes", () => {
	test("600 sizes, from one cell to 300 columns, leave the right screen", async () => {
		const session = await start(120, 40);
		session.send({ keys: "o\r" });
		// The last that opening it says.
		await session.until("p plays it");
		const random = numbers(3);
		const of: (() => [number, number])[] = [
			() => [1, 1],
			() => [300, 100],
			() => [1 + random(300), 1 + random(100)],
			() => [60 + random(80), 15 + random(30)],
			() => [80, 24],
		];
		for (let i = 0; i < 600; i++) {
			session.send({ size: of[random(of.length)]?.() ?? [80, 24] });
			if (i % 20 === 0) await new Promise((turn) => setTimeout(turn, 5));
		}
		await expectRightAndClean(session);
	});

	test("10,000 keys in no order leave the right screen", async () => {
		// Programs of others end at once.
		const session = await start(120, 40, { EDITOR: "true", VISUAL: "true", PAGER: "true" });
		const random = numbers(5);
		// Everything but what ends or stops the program, and what starts runs of the real judge over and over.
		const keys = [
			..."abcdefghijklmnopstuvwxzABCDEFGHIJKLMNOPSTUVWXYZ0123456789/?:!@`[]{}<>.,$^* +-_=;'\"|~#%&()",
			..."jkhljkhljkhl",
			...["\x1b", "\t", "\x1b[Z", "\x7f", "\x04", "\x15", "\x0c", "\x10", "\x0f", "\x0e"],
			...["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"],
			...[
				"\x1b[<0;3;4M",
				"\x1b[<64;30;10M",
				"\x1b[M !!",
				"\x1b]11;rgb:0/0/0\x07",
				"\x1b[200~pasted\x1b[201~",
				"漢",
				"\x1b[99;9~",
			],
		];
		for (let sent = 0; sent < 10_000; sent += 100) {
			session.send({ keys: Array.from({ length: 100 }, () => keys[random(keys.length)]).join("") });
			if (sent % 1000 === 0) session.send({ size: [60 + random(200), 15 + random(60)] });
			await new Promise((turn) => setTimeout(turn, 10));
		}
		await expectRightAndClean(session);
	});
});
