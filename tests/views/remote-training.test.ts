import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { TrainingUpdate } from "../../src/domain/training-activity.js";
import { remoteUpdates } from "./fake-remote.js";
import { createFakeTrainings } from "./fake-trainings.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet } from "./screen-in-memory.js";

const folder = mkdtempSync(join(tmpdir(), "assay-remote-training-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** On the training that goes on at another machine. */
async function start(
	options: Parameters<typeof openInMemory>[0] = {},
	{ more = [], logPath }: { more?: readonly TrainingUpdate[]; logPath?: string } = {},
) {
	const trainings = createFakeTrainings(true, more);
	const workbench = { ...createFakeWorkbench(logPath === undefined ? {} : { logPath }), ...trainings };
	const screen = openInMemory({ columns: 120, rows: 40, screen: 5, workbench, ...options });
	await screen.until((text) => text.includes("Trainings 3") && text.includes("sandbox bwrap"));
	screen.keys("/far\r");
	await screen.until((text) => text.includes("Trainings 1"));
	return { screen, trainings, asked: trainings.asked };
}

describe("golden screens", () => {
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
		[200, 60],
	] as const) {
		test(`a training on another machine at ${columns}x${rows}`, async () => {
			const { screen } = await start({ columns, rows });
			screen.keys("\r");
			await screen.until((text) => text.includes("on gpu1: /home/user"));
			await quiet(screen);
			expectGolden(`remote-training-${columns}x${rows}`, await screen.lines());
		});
	}

	test("hosts at 80x24, with what they cost and what was found there", async () => {
		const { screen } = await start({ columns: 80, rows: 24 });
		screen.keys("\t\t");
		await screen.until((text) => text.includes("Hosts 3"));
		await quiet(screen);
		expectGolden("hosts-80x24", await screen.lines());
	});
});

test("it is followed with a, let go with d, and stopped after a question that says what it costs still", async () => {
	const { screen, asked } = await start();
	screen.keys("a");
	await screen.until((text) => text.includes("d detach"));
	screen.keys("d");
	await screen.until((text) => text.includes("far is let go: it goes on at gpu1"));
	screen.keys("x");
	await screen.until((text) => text.includes("Stop far on gpu1?"));
	screen.keys("y");
	const told = await screen.until((text) => text.includes("NOT ALL STOPPED"));
	expect(told).toContain("STILL RUNNING there: processes 4711");
	expect(told).toContain("cloud release gpu1");
	expect(asked).toEqual(["attach far", "detach far", "stop far"]);
});

test("a training starts on a host once, after the plan with its limits was shown, however often y is pressed", async () => {
	const { screen, asked } = await start();
	screen.keys("r");
	await screen.until((text) => text.includes("learn from the judge's rewards"));
	screen.keys("g");
	await screen.until((text) => text.includes("Enter shows the plan"));
	// Past model, data, held-out data and name.
	screen.keys("\u001b[B\u001b[B\u001b[B\u001b[B\u001b[C\u001b[B2x\r");
	await screen.until((text) => text.includes("deadline: expected a time such as 90m"));
	screen.keys("\u00152h\u001b[B40\r");
	await screen.until((text) => text.includes("Start this on gpu1?"));
	expect(await screen.text()).toContain("ends: after 7200 s, or at $40");
	expect(asked).toEqual([]);
	screen.keys("yy");
	await screen.until((text) => !text.includes("Start this on gpu1?"));
	expect(asked).toEqual([expect.stringMatching(/^start grpo-\d+ on gpu1$/)]);
});

test("what the model wrote is shown with its rewards, and S shows it whole, with control characters as letters", async () => {
	const of = { v: 1, step: 40, isCut: false } as const;
	const samples = [
		{ ...of, taskId: "two_sum", reward: 1, text: "def two_sum(xs):\n    return sum(xs)\n" },
		{ ...of, taskId: "two_sum", reward: 0, text: "def two_sum(xs):\n    \u001b[2Jpass\n" },
		{ ...of, taskId: "gcd", reward: null, text: "?" },
	];
	const earlier = [{ ...of, step: 39, taskId: "gcd", reward: 0.5, text: "def gcd(a, b): ...", isCut: true }];
	const more: TrainingUpdate[] = [
		{ kind: "samples", samples: [...earlier, { ...of, taskId: "done again", reward: 0, text: "" }] },
		{ kind: "samples", samples },
	];
	const { screen } = await start({ columns: 120, rows: 60 }, { more });
	const shown = await screen.until((text) => text.includes("samples of step 40"));
	expect(shown).toMatch(/reward 1 +two_sum +def two_sum\(xs\): return sum\(xs\)/);
	expect(shown).toMatch(/no verdict +gcd/);
	expect(shown).not.toContain("done again");
	screen.keys("S");
	const whole = await screen.until((text) => text.includes("What far wrote lately"));
	expect(whole).toContain("\\x1b[2Jpass");
	expect(whole).toMatch(/step 39 +gcd +reward 0\.5/);
	expect(whole).toContain("… it goes on");
});

test("C lists the models of a training, keeps one now, and fetches or evaluates the one that is chosen", async () => {
	const { screen, asked } = await start();
	screen.keys("C");
	const listed = await screen.until((text) => text.includes("Models of far"));
	expect(listed).toMatch(/step 40 +4\.2 MiB, on gpu1 /);
	expect(listed).toMatch(/step 20 +4\.2 MiB, on gpu1 and here, pass@1 0\.61/);
	screen.keys("n");
	await screen.until((text) => text.includes("the model of step 41 is whole"));
	screen.keys("C");
	await screen.until((text) => text.includes("Models of far"));
	screen.keys("j\r");
	await screen.until((text) => text.includes("the model far-step-40 is here"));
	screen.keys("C");
	await screen.until((text) => text.includes("Models of far"));
	screen.keys("jj\r");
	await screen.until((text) => text.includes("compare with its parent"));
	screen.keys("e");
	await screen.until((text) => text.includes("/home/user/checkpoints/far-step-20") && text.includes("onnx"));
	expect(asked).toEqual(["models of far", "keep one of far", "models of far", "fetch 40 of far", "models of far"]);
});

test("a host is looked at only when that is asked for, and described in a form", async () => {
	const { screen, asked } = await start();
	screen.keys("\t\t");
	await screen.until((text) => text.includes("▸Hosts 3"));
	expect(asked).toEqual([]);
	screen.keys("j\r");
	await screen.until((text) => text.includes("pip install torch numpy"));
	screen.keys("\u001b");
	await screen.until((text) => !text.includes("pip install torch numpy"));
	screen.keys("c");
	await screen.until((text) => text.includes("lab: connected in 96 ms, ready"));
	screen.keys("n\u0015new\r");
	await screen.until((text) => !text.includes("Describe a host"));
	expect(asked).toEqual(["check lab", "add new {}"]);
});

test("the clock of a rent is stopped after a question that names what ends the rent", async () => {
	const { screen, asked } = await start();
	screen.keys("\t\te");
	const told = await screen.until((text) => text.includes("Was gpu1 given back?"));
	expect(told).toContain("cloud release gpu1");
	expect(told).toContain("$52.00 in 1:00:00, $26.00 of it in 30:00");
	screen.keys("y");
	await screen.until((text) => !text.includes("given back"));
	expect(asked).toEqual(["release gpu1"]);
});

test("a new host key is asked for in a dialog, and what was open comes back after it", async () => {
	const { screen, trainings } = await start();
	const { signal } = new AbortController();
	screen.keys("?");
	await screen.until((text) => text.includes("Esc close"));
	const questions = trainings.questions.questionsFor("gpu1", signal);
	const asked = questions.acceptsHostKey("[10.0.0.1]:22", {
		type: "ssh-ed25519",
		base64: "",
		fingerprint: "SHA256:abc",
	});
	await screen.until((text) => text.includes("Is this gpu1?") && text.includes("SHA256:abc"));
	screen.keys("n");
	expect(await asked).toBe(false);
	await screen.until((text) => text.includes("Esc close"));
});

test("a passphrase is typed unseen, and none is given by Esc", async () => {
	const { screen, trainings } = await start();
	const { signal } = new AbortController();
	const questions = trainings.questions.questionsFor("gpu1", signal);
	const first = questions.passphrase("/home/user/.ssh/id", 1);
	await screen.until((text) => text.includes("Passphrase of /home/user/.ssh/id"));
	screen.keys("secret");
	await screen.until((text) => text.includes("******"));
	screen.keys("\r");
	expect(await first).toBe("secret");
	const second = questions.passphrase("/home/user/.ssh/id", 2);
	await screen.until((text) => text.includes("that was not it"));
	screen.keys("\u001b");
	expect(await second).toBeNull();
	expect(screen.written()).not.toContain("secret");
});

test("what the trainer reports is told in words in its log, w shows the lines as they stand in the file", async () => {
	const logPath = join(folder, "out.log");
	const lines = [
		'{"v": 1, "t": "train.started", "at": 1795278827.167, "step": null, "m": {"method": "grpo", "steps": 400}}',
		"a warning of a library",
		'[default0]:{"v": 1, "t": "train.step", "at": 1795278829.1, "step": 10, "m": {"loss": 0.5}}',
		'{"v": 1, "t": "train.step", "at": 1795278830.692, "step": 20, "m": {"grad_norm": 0.09766, "kl": null, "loss": 0.032755}}',
	];
	writeFileSync(logPath, lines.map((line) => `${line}\n`).join(""));
	const { screen } = await start({}, { logPath });
	const told = await screen.until((text) => text.includes("step 20  loss 0.03275  grad norm 0.09766"));
	expect(told).toContain("started  method grpo  steps 400");
	expect(told).toContain("a warning of a library");
	// What torchrun puts before a line of a process changes nothing.
	expect(told).toContain("step 10  loss 0.5");
	screen.keys("w");
	await screen.until((text) => text.includes('{"v": 1, "t": "train.step"'));
	screen.keys("wLt");
	await screen.until((text) => /\d\d:\d\d:50\.692 +step 20/.test(text));
});

test("a log that nobody brings is not said to be followed", async () => {
	const logPath = join(folder, "alone.log");
	writeFileSync(logPath, "as far as it came\n");
	const left = await start({}, { logPath, more: [{ kind: "link", link: null, atMs: 0 }] });
	left.screen.keys("L");
	expect(await left.screen.until((text) => text.includes("as far as it came"))).toMatch(/Log remote.* · not followed/);
	const followed = await start({}, { logPath, more: [{ kind: "link", link: { link: "live" }, atMs: 0 }] });
	followed.screen.keys("L");
	expect(await followed.screen.until((text) => text.includes("as far as it came"))).toMatch(/Log remote.* · following/);
});

test("the end of a long log is shown before the rest of it has come", async () => {
	const logPath = join(folder, "long.log");
	writeFileSync(logPath, "its beginning\n");
	const end = ["step 99 of it", "the very end"];
	const { screen } = await start({}, { logPath, more: [{ kind: "logEnd", lines: end, bytes: 100_000_000 }] });
	const told = await screen.until((text) => text.includes("the very end"));
	expect(told).toContain("Log · its end there · 14 B of 95.4 MiB are here");
	expect(told).not.toContain("its beginning");
});

test("many GPUs come after the charts where they would push them out of view", async () => {
	const samples = Array.from({ length: 8 }, (_, index) => ({
		...{ atMs: 0, index, name: "B200", busy: 97, memoryMb: 1, memoryTotalMb: 2, watts: null, wattLimit: null },
		...{ celsius: null, smMhz: null, eccErrors: null },
	}));
	const more: readonly TrainingUpdate[] = [{ kind: "gpus", member: 0, samples }];
	const small = await start({ columns: 80, rows: 24 }, { more });
	small.screen.keys("\r");
	expect(await small.screen.until((text) => text.includes("held out:"))).not.toContain("B200");
	const large = await start({ columns: 120, rows: 60 }, { more });
	expect(await large.screen.until((text) => text.includes("held out:"))).toMatch(/GPU +name[\s\S]*held out:/);
});

test("what was lost of a log and a disk that fills up stand above all else, with what may help", async () => {
	const { screen } = await start(
		{ columns: 80, rows: 24 },
		{
			more: [
				{ kind: "disk", freeBytes: 1e8 },
				{ kind: "broken", file: "log", why: "cut", came: 2048, aside: "/w/artifacts/remote/far/out.log.1" },
			],
		},
	);
	screen.keys("\r");
	const told = await screen.until((text) => text.includes("LOST THERE: out.log was cut on the host"));
	expect(told).toContain("are left on the disk of gpu1");
	expect(told).toContain("make room there");
});

/** A training over two hosts, the second of which has ended it. */
function severalHosts(): TrainingUpdate[] {
	const peer = { folder: "/runs/far-rank1", workdir: "/runs", pricePerHour: 5 } as const;
	const exit = { code: 1, reason: "exit", endedAt: 0, logBytes: 9, freeBytes: null } as const;
	const known = remoteUpdates().flatMap((update) => (update.kind === "remote" ? [update.run] : []));
	return [
		...known.map((run) => ({
			kind: "remote" as const,
			run: {
				...run,
				peers: [{ ...peer, host: "gpu2", state: { state: "ended" as const, exit } }],
				failure: { host: "gpu2", text: "ended with status 1: a process of it was ended by signal 9" },
			},
		})),
		{
			kind: "said",
			member: 0,
			node: null,
			line: '[default0]:{"v": 1, "t": "train.step", "step": 7, "m": {"loss": 0.5}}',
		},
		{ kind: "said", member: 1, node: null, line: "exitcode : -9 \u001b[2J" },
	];
}

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
	[200, 60],
] as const) {
	test(`each host of a training over several has a row, and which one ended it is said, at ${columns}x${rows}`, async () => {
		const { screen } = await start({ columns, rows }, { more: severalHosts() });
		screen.keys("\r");
		const told = await screen.until((text) => text.includes("gpu2 ended it: ended with status 1"));
		expect(told).toContain("on gpu1 with gpu2: /home/user");
		expect(told).toMatch(/gpu1 .*running .*step 7 {2}loss 0\.5/);
		expect(told).toMatch(/gpu2 .*ended with status 1 .*exitcode : -9/);
		expect(told).toMatch(/gpu1 +0 .*99 %/);
		expect(told).not.toContain("\u001b[2J");
		screen.keys("x");
		await screen.until((text) => text.includes("Stop far on gpu1,gpu2?"));
	});
}
