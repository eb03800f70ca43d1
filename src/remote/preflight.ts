import type { Host, HostFinding } from "../domain/host.js";
import { sizeText } from "../lib/file-size.js";
import { lastLine } from "../lib/last-line.js";
import type { Run, Tell } from "./examination.js";
import { type Link, outputOf } from "./link.js";
import { quote } from "./quote.js";
import { examineSlurm } from "./slurm-preflight.js";

export interface PreflightNeeds {
	/** What a run is going to write, as far as that is known. */
	freeBytes: number;
}

const COMFORTABLE_BYTES = 5e9;
const SKEW_WARNING_MS = 30_000;
/** The first import of torch reads gigabytes. */
const IMPORT_MS = 180_000;
const TOOLS = "setsid sha256sum stat df sed cut grep find head tail ln cp mktemp".split(" ");

/** The folder of runs, absolute. */
export async function workdirOn(link: Link, { workdir }: Host, signal: AbortSignal): Promise<string> {
	if (workdir.startsWith("/")) return workdir;
	const home = await outputOf(link, 'printf %s "$HOME"', { signal });
	return `${home.replace(/\/$/, "")}/${workdir.replace(/^~\//, "")}`;
}

/** Looks at everything that a run needs there, each thing whatever became of the others. */
export async function examineHost(
	link: Link,
	host: Host,
	needs: PreflightNeeds,
	signal: AbortSignal,
	now: () => number = Date.now,
): Promise<HostFinding[]> {
	const run = async (command: string, timeoutMs = 20_000) => {
		const { code, stdout, stderr } = await link.execute(command, { signal, timeoutMs });
		return { isDone: code === 0, text: stdout.toString("utf8").trim(), said: lastLine(stderr) };
	};
	const workdir = await workdirOn(link, host, signal);
	const findings: HostFinding[] = [];
	const tell: Tell = (name, level, text, remedy = null) => {
		findings.push({ name, level, text, remedy });
	};

	await examineSystem(run, tell);
	await examineClock(run, tell, now);
	await examineTools(run, tell);
	await examineWorkdir(workdir, needs, run, tell);
	// Where jobs are submitted, there need not be a GPU.
	if (host.slurm === null) await examineGpus(host, run, tell);
	else await examineSlurm(host.slurm, run, tell);
	await examinePython(host.slurm === null ? host : { ...host, gpus: null }, run, tell);
	return findings;
}

async function examineSystem(run: Run, tell: Tell): Promise<void> {
	const system = await run("uname -sm; command -v nproc >/dev/null && nproc");
	const [kernel = "", cores = ""] = system.text.split("\n");
	if (kernel.startsWith("Linux ")) tell("system", "ok", `${kernel}, ${cores || "?"} cores`);
	else tell("system", "error", `${kernel || "an unknown system"}`, "runs need Linux with /proc");
}

async function examineClock(run: Run, tell: Tell, now: () => number): Promise<void> {
	const before = now();
	const clock = await run("date +%s");
	const skew = Number(clock.text) * 1000 + 500 - (before + now()) / 2;
	const off = `its clock is ${(Math.abs(skew) / 1000).toFixed(0)} s ${skew < 0 ? "behind" : "ahead"}`;
	if (Math.abs(skew) < SKEW_WARNING_MS) tell("clock", "ok", "its clock is ours");
	else
		tell(
			"clock",
			"warning",
			off,
			"times of its log differ from ours; deadlines do not; `timedatectl set-ntp true` on the host",
		);
}

async function examineTools(run: Run, tell: Tell): Promise<void> {
	const tools = await run(`for t in ${TOOLS.join(" ")}; do command -v $t >/dev/null || echo $t; done`);
	const missing = tools.text.split("\n").filter((tool) => tool !== "");
	if (missing.length === 0) tell("tools", "ok", "all programs that the runner needs are there");
	else
		tell("tools", "error", `missing: ${missing.join(", ")}`, "apt-get install coreutils util-linux sed grep findutils");
	const searches = await run("printf 'a\\0b\\0' | grep -qzxF b");
	if (!searches.isDone) tell("grep", "error", "its grep does not know -z", "install GNU grep on the host");
}

/** Whether it can be written to, and how much room there is. */
async function examineWorkdir(workdir: string, needs: PreflightNeeds, run: Run, tell: Tell): Promise<void> {
	const place = quote(workdir);
	const writes = await run(`mkdir -p ${place} && t=$(mktemp -p ${place}) && rm "$t"`);
	if (writes.isDone) tell("workdir", "ok", `${workdir} can be written`);
	else
		tell(
			"workdir",
			"error",
			`${workdir}: ${writes.said.split(": ").at(-1)}`,
			"set workdir in hosts.yaml to a folder that you may write",
		);

	if (writes.isDone) {
		const disk = await run(`df -Pk ${place} | tail -n 1`);
		const free = Number(disk.text.split(/\s+/)[3]) * 1024;
		const text = `${sizeText(free)} free in ${workdir}`;
		if (!Number.isFinite(free)) tell("disk", "warning", "df does not tell how much is free");
		else if (free < needs.freeBytes)
			tell(
				"disk",
				"error",
				`${text}, ${sizeText(needs.freeBytes)} are needed`,
				"make room, or set workdir in hosts.yaml",
			);
		else if (free < COMFORTABLE_BYTES) tell("disk", "warning", text, "checkpoints may fill it: make room");
		else tell("disk", "ok", text);
	}
}

async function examineGpus({ gpus }: Host, run: Run, tell: Tell): Promise<void> {
	const wanted = gpus === null ? 0 : Number.parseInt(gpus, 10);
	const level = wanted > 0 ? "error" : "warning";
	// A driver that hangs would hang its program for good.
	const smi = await run(
		"command -v nvidia-smi >/dev/null || exit 9; timeout 15 nvidia-smi --query-gpu=name,memory.free,driver_version --format=csv,noheader,nounits || { [ $? = 124 ] && echo 'nvidia-smi gives no answer within 15 s'; exit 1; }",
		30_000,
	);
	const rows = smi.isDone ? smi.text.split("\n").filter((line) => line.includes(",")) : [];
	if (rows.length === 0) {
		const why = smi.text || smi.said;
		if (why === "")
			tell("gpu", level, "no GPU driver", "on a GPU host install the driver; without one it trains on the processor");
		else
			tell(
				"gpu",
				level,
				`the driver fails: ${why.split("\n")[0]}`,
				"`nvidia-smi` on the host has to work; after an update it often needs a reboot",
			);
		return;
	}
	const cells = rows.map((row) => row.split(",").map((cell) => cell.trim()));
	const names = [...new Set(cells.map(([name = "?"]) => name))].join(", ");
	const free = cells.map(([, megabytes]) => Number(megabytes));
	const least = free.every(Number.isFinite) ? `, at least ${sizeText(Math.min(...free) * 1048576)} free each` : "";
	const text = `${rows.length}x ${names}${least}, driver ${cells[0]?.[2] ?? "?"}`;
	if (wanted > rows.length)
		tell("gpu", "error", `${text}; hosts.yaml says ${gpus}`, "is a GPU lost, or is the description wrong?");
	else tell("gpu", "ok", text);
}

const PYTHON_PROBE = `import sys, platform
print(platform.python_version())
import numpy, torch
print(torch.__version__)
print(torch.cuda.device_count() if torch.cuda.is_available() else 0)
print(torch.version.cuda or "-")`;

async function examinePython({ python, setup, gpus }: Host, run: Run, tell: Tell): Promise<void> {
	const prepare = setup === null ? "" : `{ ${setup}\n} >/dev/null && `;
	const probe = await run(`${prepare}${python} -c ${quote(PYTHON_PROBE)}`, IMPORT_MS);
	const [version, torch, devices, cuda] = probe.text.split("\n");
	const change = "or name another interpreter as python, or commands as setup, in hosts.yaml";
	if (version === undefined || version === "") {
		tell("python", "error", `${python} does not run: ${probe.said}`, `install Python 3.10 or later there, ${change}`);
	} else if (!probe.isDone || torch === undefined) {
		tell(
			"python",
			"error",
			`Python ${version} cannot train: ${probe.said}`,
			`pip install torch numpy there, ${change}`,
		);
	} else if (gpus !== null && devices === "0") {
		tell(
			"python",
			"error",
			`torch ${torch} sees no GPU (built for CUDA ${cuda})`,
			`install a torch built for the driver's CUDA, ${change}`,
		);
	} else tell("python", "ok", `Python ${version}, torch ${torch}, ${devices} CUDA devices`);
}
