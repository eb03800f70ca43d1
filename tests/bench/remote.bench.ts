import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HostEntry } from "../../src/domain/host.js";
import { followRun } from "../../src/remote/follow-run.js";
import { createKeyring } from "../../src/remote/keyring.js";
import type { Link } from "../../src/remote/link.js";
import { openMirror } from "../../src/remote/mirror.js";
import { openLink } from "../../src/remote/open-link.js";
import { recordShellRun } from "../remote/recorded-run.js";
import { NOBODY, type ShellRun, signal, startShellRun } from "../remote/shell-runs.js";
import { makeSshWorld, type SshHost, until } from "../remote/ssh-hosts.js";

const BIN = fileURLToPath(new URL("../bin/assay.js", import.meta.url));
const LINES_PER_SECOND = 20_000;
const LOG_BYTES = 100_000_000;
const REATTACHED = 5;
/** Shares of the time after which memory is told: of 120 s at 5, 10, 30, 60, 90 and 120. */
const MEMORY_AT = [1 / 24, 1 / 12, 1 / 4, 1 / 2, 3 / 4, 1];

/** A line is the time at which it was written, and its number; they come a hundred at once, each hundred as one write. */
const WRITER = (seconds: number) => `exec python3 -c '
import os, time
start = time.monotonic()
line = 0
while line < ${LINES_PER_SECOND * seconds}:
    wait = start + line / ${LINES_PER_SECOND} - time.monotonic()
    if wait > 0: time.sleep(wait)
    now = time.time()
    os.write(1, b"".join(b"%.3f line %d reward 0.5 loss 1.25 tokens 123456\\n" % (now, line + i) for i in range(100)))
    line += 100
'`;

interface Bed {
	root: string;
	sshConfig: string;
	gpu: SshHost;
	link: Link;
}

/** The whole program and a real sshd on loopback: a log that is long already, and one that grows fast. */
async function main(json: boolean, seconds: number): Promise<void> {
	const report = (row: object, text: string) =>
		void process.stdout.write(json ? `${JSON.stringify({ type: "bench.row", bench: "remote", ...row })}\n` : text);
	const root = mkdtempSync(join(tmpdir(), "assay-bench-"));
	const world = makeSshWorld(join(root, "world"));
	try {
		const gpu = await world.addHost("gpu1");
		const host = { ...HostEntry.parse({}), name: "gpu1", from: "alias" } as const;
		const keyring = createKeyring(NOBODY);
		const link = await openLink(host, { sshConfig: world.config, questions: NOBODY, keyring, signal });
		const bed = { root, sshConfig: world.config, gpu, link };
		const load = loadavg()[0] ?? 0;
		report(
			{ name: "machine", load },
			`remote: ${availableParallelism()} processors at load ${load.toFixed(1)}, Node ${process.versions.node}\n`,
		);
		const again = await reattach(bed);
		report(
			again,
			`a log of ${LOG_BYTES / 1e6} MB: \`cat\` over the same link ${again.catMs.map(ms).join(", ")} ms; mirrored after ${again.mirrorMs.map(ms).join(", ")} ms; from the start of \`train logs --tail 50 -f\` to its end ${again.endMs.map(ms).join(", ")} ms\n`,
		);
		const stream = await follow(bed, seconds);
		report(
			stream,
			`${LINES_PER_SECOND} lines/s for ${seconds} s, load ${stream.load.toFixed(1)}: ${stream.lines} lines came of ${stream.written}, ${stream.isInOrder ? "in order" : "NOT IN ORDER"}, mirror ${stream.isSame ? "with the same sha256" : "NOT THE SAME"}; written to printed p50 ${ms(stream.p50)}, p95 ${ms(stream.p95)}, worst ${ms(stream.worst)} ms; MB ${stream.memory.map(({ atSeconds, rssMb }) => `${ms(rssMb)} at ${atSeconds} s`).join(", ")}; CPU ${stream.cpuPercent.toFixed(0)} %\n`,
		);
		link.close();
	} finally {
		await world.close();
		rmSync(root, { recursive: true, force: true });
	}
}

function logs(workspace: string, ...more: string[]) {
	const args = [BIN, "train", "logs", "run", "--workspace", workspace, ...more];
	return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

async function reattach({ root, sshConfig, gpu, link }: Bed) {
	const fill = `head -c ${(LOG_BYTES * 3) / 4} /dev/urandom | base64 -w 99 | head -c ${LOG_BYTES - 9}; echo; echo the end; : >full; exec sleep 600`;
	const shell = await startShellRun(link, join(gpu.home, "work"), fill, { name: "long" });
	await until(
		async () => (await link.execute(`[ -e ${shell.folder}/full ]`, { signal })).code === 0,
		"it is full",
		60_000,
	);
	const [catMs, mirrorMs, endMs]: [number[], number[], number[]] = [[], [], []];
	for (let i = 0; i < REATTACHED; i++) {
		let since = performance.now();
		await link.execute(`cat ${shell.folder}/out.log`, { signal, onOutput: () => {}, timeoutMs: null });
		catMs.push(performance.now() - since);

		const mirror = openMirror(join(root, `mirror-${i}`), () => {});
		const open = () => Promise.resolve({ ...link, close: () => {} });
		const { folder } = shell;
		since = performance.now();
		await followRun({ open, folder, mirror, isOnce: true, signal, onLink: () => {}, onState: () => {} });
		mirrorMs.push(performance.now() - since);
		mirror.close();

		const workspace = join(root, `again-${i}`);
		recordShellRun(workspace, shell, { id: "run", host: "gpu1", sshConfig });
		since = performance.now();
		const child = logs(workspace, "--tail", "50", "--follow");
		const ended = once(child, "close");
		let last = "";
		for await (const bytes of child.stdout) {
			last = (last + String(bytes)).slice(-100);
			if (!last.endsWith("the end\n")) continue;
			endMs.push(performance.now() - since);
			break;
		}
		child.kill("SIGKILL");
		await ended;
		rmSync(workspace, { recursive: true });
	}
	await stop(link, shell);
	return { name: "reattach", catMs, mirrorMs, endMs };
}

async function follow({ root, sshConfig, gpu, link }: Bed, seconds: number) {
	const shell = await startShellRun(link, join(gpu.home, "work"), WRITER(seconds), { name: "fast" });
	const workspace = join(root, "fast");
	const mirror = recordShellRun(workspace, shell, { id: "run", host: "gpu1", sshConfig });
	const child = logs(workspace, "--follow");
	const ended = once(child, "close");
	const waits: number[] = [];
	let [lines, rest, isInOrder] = [0, "", true];
	child.stdout.on("data", (bytes: Buffer) => {
		const now = Date.now();
		const [...whole] = (rest + bytes.toString("latin1")).split("\n");
		rest = whole.pop() ?? "";
		for (const line of whole) {
			const [at = "", , number] = line.split(" ");
			if (Number(number) !== lines++) isInOrder = false;
			if (lines % 100 === 0) waits.push(now - Number(at) * 1000);
		}
	});
	const rss: number[] = [];
	const status = () => readFileSync(`/proc/${child.pid}/status`, "utf8");
	let cpuTicks = 0;
	const timer = setInterval(() => {
		try {
			rss.push(Number(/VmRSS:\s+(\d+)/.exec(status())?.[1]) / 1024);
			const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8").replace(/.*\) /, "").split(" ");
			cpuTicks = Number(stat[11]) + Number(stat[12]);
		} catch {
			// It has just ended.
		}
	}, 1000);
	await ended;
	clearInterval(timer);
	const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
	// The first second is that of a program that finds lines which are older than it is.
	const sorted = waits.slice(LINES_PER_SECOND / 100).toSorted((a, b) => a - b);
	const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
	return {
		name: "follow",
		load: loadavg()[0] ?? 0,
		lines,
		written: LINES_PER_SECOND * seconds,
		isInOrder,
		isSame: sha256(join(mirror, "out.log")) === sha256(join(shell.folder, "out.log")),
		p50: at(0.5),
		p95: at(0.95),
		worst: at(1),
		memory: MEMORY_AT.map((share) => {
			const second = Math.round(share * (rss.length - 1));
			return { atSeconds: second + 1, rssMb: rss[second] ?? Number.NaN };
		}),
		cpuPercent: cpuTicks / seconds,
	};
}

async function stop(link: Link, { folder }: ShellRun): Promise<void> {
	await link.execute(`: >${folder}/stop`, { signal });
}

const ms = (value: number) => value.toFixed(0);
const wanted = process.argv.find((word) => word.startsWith("--seconds="));

await main(process.argv.includes("--json"), wanted === undefined ? 120 : Number(wanted.slice("--seconds=".length)));
