import type { SlurmEntry } from "../domain/host.js";
import { lastLine } from "../lib/last-line.js";
import type { Run, Tell } from "./examination.js";
import { quote } from "./quote.js";
import { askedOfSlurm } from "./slurm-job.js";

const PROGRAMS = ["sbatch", "squeue", "scontrol", "scancel", "sinfo"];

/** Whether Slurm is there, has the partition, and would take such a job. */
export async function examineSlurm(slurm: SlurmEntry, run: Run, tell: Tell): Promise<void> {
	const missing = (await run(`for t in ${PROGRAMS.join(" ")}; do command -v $t >/dev/null || echo $t; done`)).text;
	if (missing !== "") {
		const remedy =
			"load Slurm's module in the profile of the host, name its submit host, or take slurm: out of hosts.yaml";
		return tell("slurm", "error", `not found: ${missing.split("\n").join(", ")}`, remedy);
	}
	const version = await run("timeout 15 scontrol ping && scontrol -V");
	if (!version.isDone) {
		return tell(
			"slurm",
			"error",
			`it does not answer: ${version.text.split("\n")[0] || version.said}`,
			"ask whoever keeps the cluster; `scontrol ping` on the host has to work",
		);
	}
	tell("slurm", "ok", lastLine(version.text));
	const { partition } = slurm;
	const rows = (await run("timeout 15 sinfo -h -o '%R|%a|%D|%G|%l'")).text
		.split("\n")
		.map((line) => line.split("|"))
		.filter(([name]) => partition === null || name === partition);
	const [name, standing, nodes, gpus, most] = rows[0] ?? [];
	if (name === undefined) {
		const all = await run("sinfo -h -o %R | sort -u | head -n 20 | tr '\\n' ' '");
		tell(
			"partition",
			"error",
			`there is no partition ${partition ?? "at all"}`,
			`in hosts.yaml, set slurm.partition to one of: ${all.text}`,
		);
	} else if (standing !== "up") {
		tell("partition", "error", `${name} is ${standing}`, "another partition, or wait until it is up");
	} else tell("partition", "ok", `${name}: ${nodes} nodes, ${gpus} each, at most ${most}`);
	if (name === undefined) return;
	const words = askedOfSlurm(slurm).map(quote).join(" ");
	const tried = await run(`timeout 30 sbatch --test-only ${words} --wrap=true 2>&1`);
	const said =
		tried.text
			.split("\n")
			.at(-1)
			?.replace(/^sbatch: /, "") ?? "";
	if (tried.isDone) tell("job", "ok", said.replace(/^Job \d+ to start at/, "one would start at"));
	else {
		const asked = askedOfSlurm(slurm).join(" ");
		tell("job", "error", `Slurm would not take one: ${said}`, `it was asked for ${asked}: see slurm: in hosts.yaml`);
	}
}
