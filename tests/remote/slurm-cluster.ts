import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { freePort, processesWith, type SshHost, until } from "./ssh-hosts.js";

/** Where it is absent the tests with Slurm are skipped, except where `CI` is set; its daemons have to be root. */
export const hasSlurm =
	process.getuid?.() === 0 &&
	((existsSync("/usr/sbin/slurmctld") && existsSync("/usr/sbin/munged")) || Boolean(process.env.CI));

const PROGRAMS = ["sbatch", "squeue", "scontrol", "scancel", "sinfo", "srun", "sacct"];

export interface SlurmCluster {
	/** One of Slurm's programs; what it printed. */
	run(program: string, ...args: string[]): string;
	/** Waits until a job that Slurm put back has begun again; what Slurm says of it where that never comes. */
	goesOn(job: string, isSo: () => boolean): Promise<void>;
	/** Puts Slurm's programs on a host from which jobs are submitted. */
	installOn(host: SshHost): void;
	/** Ends all jobs and all daemons. */
	close(): Promise<void>;
}

/** A real Slurm of two nodes on this machine, with two GPUs each that are plain files; munge and configuration of its own. */
export async function startSlurm(root: string): Promise<SlurmCluster> {
	mkdirSync(root, { recursive: true });
	// Munge trusts no folder that others may write, and its clients have to reach the socket.
	chmodSync(root, 0o755);
	const at = (...names: string[]) => join(root, ...names);
	mkdirSync(at("state"), { recursive: true });
	writeFileSync(at("key"), randomBytes(1024), { mode: 0o400 });
	const ports = [await freePort(), await freePort(), await freePort()];
	const machine = hostname().split(".")[0];
	const node = (number: number) =>
		`NodeName=n${number} NodeHostname=${machine} NodeAddr=127.0.0.1 Port=${ports[number + 1]} CPUs=2 RealMemory=64000 Gres=gpu:h100:2`;
	const settings = [
		"ClusterName=test",
		`SlurmctldHost=${machine}(127.0.0.1)`,
		"SlurmUser=root",
		"SlurmdUser=root",
		"AuthType=auth/munge",
		`AuthInfo=socket=${at("munge.sock")}`,
		"CredType=cred/munge",
		`SlurmctldPort=${ports[0]}`,
		`StateSaveLocation=${at("state")}`,
		`SlurmdSpoolDir=${at("spool-%n")}`,
		`SlurmctldPidFile=${at("slurmctld.pid")}`,
		`SlurmdPidFile=${at("slurmd-%n.pid")}`,
		`SlurmctldLogFile=${at("slurmctld.log")}`,
		`SlurmdLogFile=${at("slurmd-%n.log")}`,
		// No cgroups and no systemd are needed.
		"ProctrackType=proctrack/linuxproc",
		"TaskPlugin=task/none",
		// The memory of jobs is looked at each second, and what takes more than it asked for is ended.
		"JobAcctGatherType=jobacct_gather/linux",
		"JobAcctGatherFrequency=task=1",
		"JobAcctGatherParams=OverMemoryKill",
		"AccountingStorageType=accounting_storage/none",
		"SelectType=select/cons_tres",
		"SelectTypeParameters=CR_Core_Memory",
		// As if the machine had as much as two jobs a node take that ask for none.
		"SlurmdParameters=config_overrides",
		"DefMemPerCPU=8000",
		"ReturnToService=2",
		"MpiDefault=none",
		"SwitchType=switch/none",
		"KillWait=3",
		"SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1",
		"GresTypes=gpu",
		node(0),
		node(1),
		"PartitionName=gpu Nodes=n[0-1] Default=YES MaxTime=INFINITE State=UP",
		"PartitionName=closed Nodes=n1 State=DOWN",
		// Jobs of the last one take the place of those of the two before it.
		"PreemptType=preempt/partition_prio",
		"PreemptMode=REQUEUE",
		"PartitionName=ended Nodes=n1 PriorityTier=1 PreemptMode=CANCEL",
		"PartitionName=requeued Nodes=n1 PriorityTier=1 PreemptMode=REQUEUE",
		"PartitionName=urgent Nodes=n1 PriorityTier=9 PreemptMode=OFF",
	];
	writeFileSync(at("slurm.conf"), `${settings.join("\n")}\n`);
	for (const number of [0, 1]) writeFileSync(at(`gpu${number}`), "");
	writeFileSync(at("gres.conf"), `NodeName=n[0-1] Name=gpu Type=h100 File=${at("gpu[0-1]")}\n`);
	writeFileSync(at("cgroup.conf"), "CgroupAutomount=no\n");
	const env = { ...process.env, SLURM_CONF: at("slurm.conf") };
	const daemons: ChildProcess[] = [];
	const start = (program: string, ...args: string[]) =>
		daemons.push(spawn(`/usr/sbin/${program}`, args, { env, stdio: "ignore" }));
	const run: SlurmCluster["run"] = (program, ...args) =>
		execFileSync(`/usr/bin/${program}`, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
	const cluster: SlurmCluster = {
		run,
		async goesOn(job, isSo) {
			let over: number | null = null;
			const hurried = () => {
				// Slurm lets two minutes pass before it begins a job anew: a node that has the old one yet, or still knows within the
				// second that it was to be ended, puts itself out of service. Refused where the job has begun already.
				if (processesWith(`slurmstepd: [${job}.`).length > 0) over = null;
				else over ??= performance.now();
				if (over !== null && performance.now() - over > 2000)
					spawnSync("/usr/bin/scontrol", ["update", `JobId=${job}`, "StartTime=now"], { env });
				return isSo();
			};
			await until(hurried, "it goes on").catch((error: unknown) => {
				const log = readFileSync(at("slurmctld.log"), "utf8").split("\n").slice(-30).join("\n");
				const known = [run("squeue"), run("scontrol", "show", "job", job), run("sinfo", "-N", "-l"), log];
				throw new Error(known.join("\n\n"), { cause: error });
			});
		},
		installOn({ bin }) {
			for (const name of PROGRAMS) {
				writeFileSync(
					join(bin, name),
					`#!/bin/sh\nexport SLURM_CONF=${at("slurm.conf")}\nexec /usr/bin/${name} "$@"\n`,
					{
						mode: 0o755,
					},
				);
			}
		},
		async close() {
			const isUp = daemons.length === 4 && spawnSync("/usr/bin/scontrol", ["ping"], { env }).status === 0;
			if (isUp) {
				spawnSync("/usr/bin/scancel", ["--user=root"], { env });
				await until(() => run("squeue", "-h") === "", "all jobs have ended");
			}
			for (const daemon of daemons.reverse()) {
				if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
				const exit = once(daemon, "exit");
				daemon.kill("SIGTERM");
				await exit;
			}
		},
	};
	start(
		"munged",
		"--force",
		"--foreground",
		`--key-file=${at("key")}`,
		`--socket=${at("munge.sock")}`,
		`--pid-file=${at("munged.pid")}`,
		`--seed-file=${at("munged.seed")}`,
		`--log-file=${at("munged.log")}`,
	);
	await until(() => existsSync(at("munge.sock")), "munge listens");
	start("slurmctld", "-D", "-f", at("slurm.conf"));
	for (const number of [0, 1]) start("slurmd", "-D", "-f", at("slurm.conf"), "-N", `n${number}`);
	const states = () => spawnSync("/usr/bin/sinfo", ["-h", "-N", "-p", "gpu", "-o", "%t"], { env, encoding: "utf8" });
	await until(() => states().stdout.trim() === "idle\nidle", "both nodes are idle", 40_000);
	return cluster;
}
