import type { Host } from "../domain/host.js";
import type { TrainingJob } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";

/** What a training consists of on a host: shell commands that begin in the folder of its attempt. */
export function trainingCommands(host: Host, job: TrainingJob): string {
	const { setup, slurm } = host;
	const python = host.python.replace(/^~(?=\/)/, '"$HOME"');
	const nodes = slurm?.nodes ?? 1;
	const processes = job.engine === "builtin" ? job.processes : 1;
	const isShared = nodes > 1 || processes > 1;
	if (isShared && (job.engine !== "builtin" || job.method !== "sft")) {
		const what = nodes > 1 ? `${nodes} nodes of ${host.name}` : `${processes} processes`;
		throw new AssayError("usage", `${what}: only sft with assay's own engine shares its steps out`, {
			hint: "trl and verl take the GPUs of one node by --processes; set nodes: 1 in hosts.yaml for the others",
		});
	}
	const lines = [
		...(setup === null ? [] : [setup]),
		'export PYTHONPATH="$PWD/in/trainer" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1',
	];
	// What each process says is kept in a file of its own, and comes here too.
	const torchrun = `${python} -m torch.distributed.run --nproc_per_node=${processes} --max_restarts=0 --log_dir=ranks -r 1 -t 1`;
	const trainer = "-m assay_trainer job.json";
	if (!isShared) lines.push(`exec ${python} ${trainer}`);
	else if (nodes === 1) lines.push(`exec ${torchrun} --standalone ${trainer}`);
	else {
		lines.push(
			'first=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)',
			"first=$(scontrol -o show node \"$first\" | sed -n 's/.* NodeAddr=\\([^ ]*\\) .*/\\1/p')",
			`export FIRST="$first:$((20000 + SLURM_JOB_ID % 10000))" TRAIN='${torchrun} --nnodes=${nodes}'`,
			// The step ends as a whole when one node of it fails.
			`exec srun --nodes=${nodes} --ntasks=${nodes} --ntasks-per-node=1 --kill-on-bad-exit=1 --label sh -c 'exec $TRAIN --node_rank="$SLURM_NODEID" --master_addr="\${FIRST%:*}" --master_port="\${FIRST##*:}" ${trainer}'`,
		);
	}
	return `${lines.join("\n")}\n`;
}
