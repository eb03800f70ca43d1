import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { overLinks } from "../../src/remote/links.js";
import { startAttempt } from "../../src/remote/start-attempt.js";
import { COUNTS, type FaultBed, makeFaultBed, NOTHING_LOST } from "./fault-bed.js";
import { isThere, prepareShellRun, signal } from "./shell-runs.js";
import { hasSshd, until } from "./ssh-hosts.js";

let bed: FaultBed;

describe.skipIf(!hasSshd)("a link that fails in every way (needs openssh-server)", () => {
	beforeAll(async () => {
		bed = await makeFaultBed();
	});
	beforeEach(() => bed.renew());
	afterAll(() => bed?.close());

	/** Text that no reader of lines survives; it goes on until there is a file `enough`. */
	const HOSTILE = `python3 -c '
import os, time, random
random.seed(1)
os.write(1, b"x" * 3000000)
i = 0
while not os.path.exists("enough"):
    i += 1
    os.write(1, b"%d\\r" % i + random.randbytes(random.randrange(4000)) + "\\U0001f600".encode()[:random.randrange(5)] + b"\\0")
    if i % 20 == 0:
        with open("work/metrics.jsonl", "ab") as metrics: metrics.write(b"{\\"step\\": %d}\\n" % i)
    time.sleep(0.002)
os.write(1, b"no end of line")
' `;

	test("after twenty faults of five kinds in one run both mirrors are what is there, and the job ran once", {
		timeout: 120_000,
	}, async () => {
		const shell = await bed.start(`${COUNTS}exec ${HOSTILE}`);
		const following = bed.follow(shell);
		const more = async () => {
			const before = following.bytes();
			await until(() => following.bytes() > before, "more of the log comes");
		};
		const faults = {
			"connection reset": () => bed.proxy.cut(),
			"black hole": () => bed.proxy.stall(),
			"server killed": async () => {
				bed.straight.close();
				await bed.gpu.kill();
				await bed.gpu.start();
			},
			"connection refused": async () => {
				const { length } = following.links;
				bed.proxy.refuse(true);
				bed.proxy.cut();
				await until(
					() => following.links.slice(length).filter(({ link }) => link === "reconnecting").length >= 2,
					"it is refused",
				);
				bed.proxy.refuse(false);
			},
			"reset while it connects": async () => {
				const { accepted } = bed.proxy;
				bed.proxy.cut();
				await until(() => bed.proxy.accepted > accepted, "it connects");
				bed.proxy.cut();
			},
		};
		for (let round = 0; round < 4; round++) {
			for (const fault of Object.values(faults)) {
				await more();
				await fault();
			}
		}
		await more();
		writeFileSync(join(shell.folder, "enough"), "");
		const { state, proofs } = await following.end;
		bed.straight = await bed.open("gpu1");
		expect(state).toMatchObject({ state: "ended", exit: { code: 0 } });
		expect(proofs.map(({ file, isEqual }) => [file, isEqual])).toEqual([
			["log", true],
			["metrics", true],
			["events", true],
		]);
		expect(following.news.filter(({ kind }) => kind === "restarted")).toEqual([]);
		expect(following.links.filter(({ link }) => link === "reconnecting").length).toBeGreaterThanOrEqual(20);
		const account = { differing: bed.differing(shell, following.local), starts: bed.starts(shell), isKnown: true };
		bed.book(Object.keys(faults).join(", "), 20, account);
	});

	test("however early a start is cut off, the run is started once", { timeout: 60_000 }, async () => {
		for (let bytes = 0; bytes <= 6000; bytes += 500) {
			const shell = await prepareShellRun(bed.straight, join(bed.gpu.home, "work"), `${COUNTS}echo done`, {
				name: `cut-${bytes}`,
			});
			bed.proxy.cutAfter(bytes);
			const open = () => bed.open("by-proxy");
			let cuts = 0;
			const record = await overLinks(
				{ open, signal, onLink: ({ link }) => (cuts += Number(link === "reconnecting")) },
				(link) => startAttempt(link, shell.run, signal),
			);
			await until(() => isThere(join(shell.folder, "exit.json")), "it ends");
			expect(JSON.parse(shell.text("runner.json"))).toMatchObject({ jobPid: record.jobPid });
			bed.book("start cut off", cuts, { differing: [], starts: bed.starts(shell), isKnown: true });
		}
	});

	test("a link too slow for the answer's patience brings everything all the same", { timeout: 60_000 }, async () => {
		const shell = await bed.start(`${COUNTS}head -c 600000 /dev/urandom`);
		bed.proxy.slow(200_000);
		const following = bed.follow(shell);
		const { proofs } = await following.end;
		expect(proofs.find(({ file }) => file === "log")).toMatchObject({ bytes: 600_000, isEqual: true });
		expect(following.links.filter(({ link }) => link === "reconnecting")).toEqual([]);
		const account = { differing: bed.differing(shell, following.local), starts: bed.starts(shell), isKnown: true };
		bed.book("slow link", 1, account);
	});

	const CHANGES = {
		cut: (log: string) => truncateSync(log),
		"cut, and longer again before anybody looks": (log: string) => {
			truncateSync(log);
			appendFileSync(log, "other text, ".repeat(1000));
		},
		"replaced, as by a rotation": (log: string) => {
			renameSync(log, `${log}.old`);
			appendFileSync(log, "another file, and longer than the first was");
		},
		removed: (log: string) => rmSync(log),
	};
	test.each(Object.entries(CHANGES))(
		"a log that is %s begins anew here, and what it was stays beside it",
		async (kind, change) => {
			const shell = await bed.start(
				`${COUNTS}echo the first part; until [ -e go ]; do sleep 0.05; done; echo the second`,
			);
			const following = bed.follow(shell);
			await until(() => following.bytes() > 0, "the first part comes");
			bed.proxy.refuse(true);
			bed.proxy.cut();
			await until(() => following.links.at(-1)?.link === "reconnecting", "it is away");
			change(join(shell.folder, "out.log"));
			bed.proxy.refuse(false);
			const restarted = () => following.news.find((one) => one.kind === "restarted");
			await until(restarted, "the change is seen");
			writeFileSync(join(shell.folder, "go"), "");
			const { state, proofs } = await following.end;
			const aside = join(following.local, "out.log.1");
			const why = kind === "removed" ? "removed" : kind.startsWith("cut") ? "cut" : "replaced";
			expect(restarted()).toMatchObject({ file: "log", why, came: 15, aside });
			expect(readFileSync(aside, "utf8")).toBe("the first part\n");
			if (kind !== "removed")
				expect(proofs.find(({ file }) => file === "log")).toMatchObject({ isEqual: true, aside: [aside] });
			const differing = bed.differing(shell, following.local);
			bed.book(`log ${kind}`, 1, { differing, starts: bed.starts(shell), isKnown: state.state === "ended" });
		},
	);

	test("a mirror that was damaged here is found out by its hash, and made again", async () => {
		const shell = await bed.start(`${COUNTS}echo one; echo two`);
		const local = mkdtempSync(join(bed.root, "mirror-"));
		writeFileSync(join(local, "out.log"), "ONE\ntwo\n");
		const following = bed.follow(shell, local);
		await following.end;
		expect(readFileSync(join(local, "out.log.1"), "utf8")).toBe("ONE\ntwo\n");
		bed.book("mirror damaged", 1, { differing: bed.differing(shell, local), starts: bed.starts(shell), isKnown: true });
	});

	test("two that mirror the same run into the same place do not get in each other's way", async () => {
		const shell = await bed.start(`${COUNTS}for i in $(seq 300); do echo line $i; sleep 0.01; done`);
		const local = mkdtempSync(join(bed.root, "mirror-"));
		const both = [bed.follow(shell, local), bed.follow(shell, local)];
		for (const { end } of both) expect((await end).state).toMatchObject({ state: "ended" });
		expect(both.flatMap(({ news }) => news).filter(({ kind }) => kind === "restarted")).toEqual([]);
		bed.book("two at once", 1, { differing: bed.differing(shell, local), starts: bed.starts(shell), isKnown: true });
	});

	test("a job that ends in its first moments is all there: log, status, and that it ran once", async () => {
		for (let i = 0; i < 5; i++) {
			const shell = await bed.start(`${COUNTS}printf 'no newline'; exit 7`);
			const following = bed.follow(shell);
			const { state } = await following.end;
			expect(state).toMatchObject({ state: "ended", exit: { code: 7, reason: "exit", logBytes: 10 } });
			const account = { differing: bed.differing(shell, following.local), starts: bed.starts(shell), isKnown: true };
			bed.book("exit at once", 1, account);
		}
	});

	test("a log of 60 MB that is already there comes whole, and figures of GPUs come with it", async () => {
		writeFileSync(
			join(bed.gpu.bin, "nvidia-smi"),
			"#!/bin/sh\necho '2026/01/01 00:00:00.000, 0, GPU-1, NVIDIA B200, 97, 100000, 183359, 812.40, 1000.00, 61, 1965, [N/A]'\nexec sleep 30\n",
			{ mode: 0o755 },
		);
		const shell = await bed.start("head -c 60000000 /dev/urandom; sleep 0.2");
		const following = bed.follow(shell);
		const { proofs } = await following.end;
		expect(proofs.find(({ file }) => file === "log")).toMatchObject({ bytes: 60_000_000, isEqual: true });
		expect(proofs.find(({ file }) => file === "gpu")).toMatchObject({ isEqual: true });
		expect(readFileSync(join(following.local, "gpu.csv"), "utf8")).toContain("B200");
		expect(bed.differing(shell, following.local)).toEqual([]);
		rmSync(join(bed.gpu.bin, "nvidia-smi"));
	});

	test("nothing of a watcher stays on the host when the link is gone", async () => {
		const shell = await bed.start("exec sleep 30");
		const following = bed.follow(shell);
		const watchers = () =>
			execFileSync("ps", ["-eo", "args="], { encoding: "utf8" })
				.split("\n")
				.filter((line) => line.includes(`watch ${shell.folder}`) || line.includes(`'watch' '${shell.folder}'`));
		await until(() => watchers().length > 0, "a watcher is there");
		bed.proxy.refuse(true);
		bed.proxy.cut();
		await until(() => watchers().length === 0, "the watcher ends");
		writeFileSync(join(shell.folder, "stop"), "");
		bed.proxy.refuse(false);
		expect((await following.end).state).toMatchObject({ state: "ended", exit: { reason: "stop" } });
	});

	test("of all these faults nothing was lost, no run was started twice, and none is unaccounted for", () => {
		expect(bed.summary()).toMatchObject(NOTHING_LOST);
	});
});
