import type { Host } from "../domain/host.js";
import { processesOf } from "../domain/job-counts.js";
import type { MeetingPlace } from "../domain/remote-run.js";
import type { TrainingJob } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";
import { NODE_GREETING } from "./node-logs.js";

/** One of several hosts that take the steps of a training together. */
export interface TrainingNode extends MeetingPlace {
	rank: number;
	count: number;
}

const TRAINER = "-m assay_trainer job.json";

/** What a training consists of on a host: shell commands that begin in the folder of its attempt. `node`: null alone. */
export function trainingCommands(host: Host, job: TrainingJob, node: TrainingNode | null = null): string {
	const { setup, slurm } = host;
	const python = host.python.replace(/^~(?=\/)/, '"$HOME"');
	const nodes = slurm?.nodes ?? 1;
	const processes = processesOf(job);
	refuseUnshared(host, job, node?.count ?? 1);
	const lines = [
		...(setup === null ? [] : [setup]),
		'export PYTHONPATH="$PWD/in/trainer" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1',
	];
	// What each process says is kept in a file of its own, and comes here too.
	const torchrun = `${python} -m torch.distributed.run --nproc_per_node=${processes} --max_restarts=0 --monitor_interval=1 --log_dir=ranks -r 1 -t 1`;
	if (node !== null) {
		const { address, port, rank, count } = node;
		lines.push(
			`exec ${torchrun} --nnodes=${count} --node_rank=${rank} --master_addr=${address} --master_port=${port} ${TRAINER}`,
		);
	} else if (nodes > 1) {
		lines.push(
			'first=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)',
			"first=$(scontrol -o show node \"$first\" | sed -n 's/.* NodeAddr=\\([^ ]*\\) .*/\\1/p')",
			`export FIRST="$first:$((20000 + SLURM_JOB_ID % 10000))" TRAIN='${torchrun} --nnodes=${nodes}'`,
			// The step ends as a whole when one node of it fails.
			`exec srun --nodes=${nodes} --ntasks=${nodes} --ntasks-per-node=1 --kill-on-bad-exit=1 --label sh -c 'echo "${NODE_GREETING} $SLURMD_NODENAME"; exec $TRAIN --node_rank="$SLURM_NODEID" --master_addr="\${FIRST%:*}" --master_port="\${FIRST##*:}" ${TRAINER}'`,
		);
	} else if (processes > 1) lines.push(`exec ${torchrun} --standalone ${TRAINER}`);
	else lines.push(`exec ${python} ${TRAINER}`);
	return `${lines.join("\n")}\n`;
}

/** Throws `usage` for a training whose steps cannot be shared out as they would have to be. */
export function refuseUnshared({ name, slurm }: Host, job: TrainingJob, hosts: number): void {
	const nodes = slurm?.nodes ?? 1;
	if (nodes * hosts * processesOf(job) === 1) return;
	const isWorld = job.method === "world";
	if (!isWorld && job.engine === "builtin") return;
	const what = hosts > 1 ? `${hosts} hosts` : nodes > 1 ? `${nodes} nodes of ${name}` : `${processesOf(job)} processes`;
	if (isWorld) {
		throw new AssayError("usage", `${what}: a world model learns in one process`, {
			hint: hosts > 1 ? "name one host" : "set nodes: 1 in hosts.yaml",
		});
	}
	throw new AssayError("usage", `${what}: only assay's own engine shares its steps out`, {
		hint:
			hosts > 1
				? "name one host; trl and verl take its GPUs by --processes"
				: "trl and verl take the GPUs of one node by --processes; set nodes: 1 in hosts.yaml for the others",
	});
}
