import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Tier } from "../../src/domain/verdict.js";
import type { Verifier } from "../../src/verify/verifier.js";
import {
	descendantsOf,
	functionTask,
	isEmpty,
	judge,
	openJudge,
	processes,
	skipsTier,
	TIERS,
	until,
} from "./judging.js";

const DOUBLE = functionTask("f", ["assert f(2) == 4", "assert f(-1) == -2"]);
const RIGHT = "def f(x):\n    return 2 * x\n";
const SLEEPER = `import os, time

open("left", "w").write("x")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)


def f(x):
    time.sleep(600)
`;

async function open(tier: Tier, workers: number): Promise<Verifier> {
	const verifier = await openJudge({ tier, workers });
	onTestFinished(async () => await verifier.close());
	return verifier;
}

/** The judge's processes below this one, and of them the workers' own: a guest leads a session of its own. */
const judgeProcesses = () => descendantsOf(process.pid).filter((entry) => /tier=(bwrap|rlimit)/.test(entry.command));
const pythons = () => judgeProcesses().filter((entry) => /^\S*python/.test(entry.command));
const guests = () =>
	pythons().filter(
		(entry) =>
			entry.session === entry.pid &&
			pythons().some(
				(other) => other.pid === entry.parent && other.session !== entry.pid && other.parent !== process.pid,
			),
	);

describe.each(TIERS)("in tier %s", (tier) => {
	describe.skipIf(skipsTier(tier))("a pool of workers", () => {
		test.each([
			[
				"the process that was started",
				() => descendantsOf(process.pid).filter((entry) => entry.parent === process.pid && /tier=/.test(entry.command)),
			],
			[
				"the innermost processes",
				() =>
					pythons().filter(
						(entry) => entry.session !== entry.pid && !pythons().some((other) => other.parent === entry.pid),
					),
			],
		] as const)("loses no verdict and blames nobody when %s is killed", async (_name, choose) => {
			const verifier = await open(tier, 2);
			let done = 0;
			const verdicts = await Promise.all(
				Array.from({ length: 100 }, async (_, index) => {
					const verdict = await judge(verifier, DOUBLE, `${RIGHT}# ${index}\n`, { sampleIndex: index });
					if (++done === 20 || done === 60) {
						const victim = choose()[0];
						expect(victim).toBeDefined();
						if (victim) process.kill(victim.pid, "SIGKILL");
					}
					return verdict;
				}),
			);
			expect(new Set(verdicts.map((verdict) => verdict.status))).toEqual(new Set(["accepted"]));
			expect(verdicts.map((verdict) => verdict.sampleIndex)).toEqual(Array.from({ length: 100 }, (_, index) => index));
		});

		test("rejects at once when aborted, leaves nothing of the candidate, and judges on", async () => {
			const before = scratch();
			const verifier = await open(tier, 1);
			const abort = new AbortController();
			const reason = new Error("enough");
			const slow = { ...DOUBLE, limits: { ...DOUBLE.limits, cpuTimeMs: 60_000 } };
			const judging = judge(verifier, slow, SLEEPER, { signal: abort.signal });
			const rejected = expect(judging).rejects.toBe(reason);
			const running = await until(guests, (found) => found.length > 0);
			expect(running).not.toEqual([]);
			abort.abort(reason);
			await rejected;
			const pids = new Set(running.map((entry) => entry.pid));
			expect(await until(() => processes().filter((entry) => pids.has(entry.pid)), isEmpty)).toEqual([]);
			expect((await judge(verifier, DOUBLE, RIGHT)).status).toBe("accepted");
			await verifier.close();
			expect(await until(judgeProcesses, isEmpty)).toEqual([]);
			const mine = scratch().filter((name) => !before.includes(name));
			expect(await until(() => scratch().filter((name) => mine.includes(name)), isEmpty)).toEqual([]);
		});

		test("an aborted signal judges nothing", async () => {
			const verifier = await open(tier, 1);
			await expect(judge(verifier, DOUBLE, RIGHT, { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow(
				"before",
			);
		});

		test("a candidate that orders by hash gets the same verdict every time and in every pool", async () => {
			const code = 'def f(x):\n    return next(iter({"a", "b", "c", "d", "e", "f", "g", "h"}))\n';
			const seen = new Set<string>();
			for (const verifier of [await open(tier, 2), await open(tier, 1)]) {
				for (const letter of "abcdefgh") {
					const verdicts = await Promise.all(
						[1, 2, 3].map(() => judge(verifier, functionTask("f", [`assert f(1) == "${letter}"`]), code)),
					);
					for (const verdict of verdicts) seen.add(`${letter} ${verdict.status}`);
				}
			}
			expect([...seen].filter((text) => text.endsWith("accepted"))).toHaveLength(1);
			expect(seen.size).toBe(8);
		});

		test("two pools beside each other judge right, also when one is closed", async () => {
			const [one, other] = [await open(tier, 1), await open(tier, 1)];
			const run = async (verifier: Verifier) =>
				await Promise.all(
					Array.from({ length: 20 }, (_, index) =>
						judge(verifier, DOUBLE, index % 2 ? RIGHT : "def f(x):\n    return 3\n"),
					),
				);
			const both = await Promise.all([run(one), run(other)]);
			await one.close();
			for (const verdicts of [...both, await run(other)])
				expect(verdicts.map((verdict) => verdict.status)).toEqual(
					Array.from({ length: 20 }, (_, index) => (index % 2 ? "accepted" : "wrong_answer")),
				);
		});

		test("a flood on standard output does not grow the judge", async () => {
			const verifier = await open(tier, 1);
			const flood = 'def f(x):\n    while True:\n        print("x" * 100000)\n';
			const rounds = async (count: number) => {
				for (let index = 0; index < count; index++) {
					const verdict = await judge(verifier, DOUBLE, flood);
					expect(verdict.status).toBe("output_limit_exceeded");
					expect(verdict.output.head.length + verdict.output.tail.length).toBeLessThanOrEqual(4000);
				}
				return residentBytes();
			};
			const before = await rounds(3);
			expect((await rounds(15)) - before).toBeLessThan(8 << 20);
		});
	});
});

const scratch = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("assay-guest-"));

function residentBytes(): number {
	let pages = 0;
	for (const { pid } of judgeProcesses()) {
		try {
			pages += Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
		} catch {
			// It ended meanwhile.
		}
	}
	return pages * 4096;
}

describe("the verdict cache", () => {
	const cached = async (): Promise<Verifier> => {
		const cacheDir = mkdtempSync(join(tmpdir(), "assay-cache-"));
		const verifier = await openJudge({ cacheDir });
		onTestFinished(async () => {
			await verifier.close();
			rmSync(cacheDir, { recursive: true, force: true });
		});
		return verifier;
	};

	test("an equal candidate gets the stored verdict under its own number, marked as cached", async () => {
		const verifier = await cached();
		const first = await judge(verifier, DOUBLE, RIGHT);
		const second = await judge(verifier, DOUBLE, RIGHT, { sampleIndex: 7 });
		expect(first.cached).toBe(false);
		expect(second).toEqual({ ...first, sampleIndex: 7, cached: true });
	});

	test("line ends, a byte-order mark and space at the end make no other program", async () => {
		const verifier = await cached();
		await judge(verifier, DOUBLE, RIGHT);
		for (const code of [RIGHT.replaceAll("\n", "\r\n"), `\uFEFF${RIGHT}`, `${RIGHT}\n \n`]) {
			expect(await judge(verifier, DOUBLE, code)).toMatchObject({ status: "accepted", cached: true });
		}
		expect(await judge(verifier, DOUBLE, RIGHT.replace("2", "4 // 2"))).toMatchObject({ cached: false });
	});

	test("other tests, limits, preludes or another gate are judged anew", async () => {
		const verifier = await cached();
		await judge(verifier, DOUBLE, RIGHT);
		const others = [
			functionTask("f", ["assert f(2) == 4"]),
			functionTask("f", ["assert f(2) == 4", "assert f(-1) == -2"], { limits: { cpuTimeMs: 2000 } }),
			functionTask("f", ["assert f(2) == 4", "assert f(-1) == -2"], { testPrelude: "import math\n" }),
		];
		for (const task of others)
			expect(await judge(verifier, task, RIGHT)).toMatchObject({ status: "accepted", cached: false });
		expect(await judge(verifier, DOUBLE, RIGHT, { gate: true })).toMatchObject({ cached: false });
	});

	test("trouble of the judge is never stored", async () => {
		const verifier = await cached();
		const broken = functionTask("f", ["raise ValueError('the test is broken')"]);
		for (let round = 0; round < 2; round++) {
			expect(await judge(verifier, broken, RIGHT)).toMatchObject({ status: "judge_error", cached: false });
		}
	});

	test("candidates judged at the same moment share one judgement", async () => {
		const verifier = await cached();
		const verdicts = await Promise.all(
			Array.from({ length: 5 }, (_, index) => judge(verifier, DOUBLE, RIGHT, { sampleIndex: index })),
		);
		expect(verdicts.map((verdict) => verdict.status)).toEqual(Array(5).fill("accepted"));
		expect(verdicts.filter((verdict) => !verdict.cached)).toHaveLength(1);
		expect(verdicts.map((verdict) => verdict.sampleIndex)).toEqual([0, 1, 2, 3, 4]);
	});

	test("flags are those of the task at hand, not of the stored verdict", async () => {
		const verifier = await cached();
		const code = "import os\n\n\ndef f(x):\n    return 2 * x\n";
		await judge(verifier, DOUBLE, code);
		expect((await judge(verifier, DOUBLE, code)).flags).toEqual(["imports_os"]);
	});
});
