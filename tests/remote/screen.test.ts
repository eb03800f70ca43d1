import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSession } from "../e2e/session.js";
import { smallTasks } from "../trainer/small-tasks.js";
import { assayIn } from "./assay.js";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.js";
import { hasSshd, makeSshWorld, type SshHost, type SshWorld, until } from "./ssh-hosts.js";

/** Two GPUs, one of which idles. */
const NVIDIA_SMI = `#!/bin/sh
case "$*" in *memory.free*) echo "NVIDIA B200, 178000, 575.51"; exit;; esac
while :; do
	for i in 0 1; do
		echo "$(date '+%Y/%m/%d %H:%M:%S.000'), $i, GPU-$i, NVIDIA B200, $((i * 93)), 141000, 183359, 912.4, 1000, 64, 1965, 0"
	done
	sleep 1
done
`;
/** Says more and more until it is ended. */
const TRAINER = `#!/bin/sh
case "$2" in *torch.__version__*) printf '3.11.2\\n2.4.0\\n0\\n-\\n'; exit;; esac
trap 'echo asked to end; exit 143' TERM
mkdir -p work
i=0
while :; do
	i=$((i + 1))
	echo "line $i of the trainer"
	printf '{"v":1,"t":"train.step","at":%s,"step":%s,"m":{"reward":0.5}}\\n' "$(date +%s)" $i >>work/metrics.jsonl
	sleep 0.2
done
`;

const root = mkdtempSync(join(tmpdir(), "assay-remote-screen-"));
const workspace = join(root, "workspace");
const env = { XDG_CONFIG_HOME: join(root, "config") };
let world: SshWorld;
let gpu: SshHost;
let proxy: FaultProxy;

describe.skipIf(!hasSshd)("the training screen with a real sshd (needs openssh-server)", () => {
	beforeAll(async () => {
		world = makeSshWorld(join(root, "world"));
		gpu = await world.addHost("gpu1");
		proxy = await startFaultProxy(gpu.port);
		const locked = world.makeKey("locked", { passphrase: "opensesame" });
		world.authorise(locked);
		world.addAlias("far", [
			"HostName 127.0.0.1",
			`Port ${proxy.port}`,
			`IdentityFile ${locked}`,
			"IdentitiesOnly yes",
			"IdentityAgent none",
			`UserKnownHostsFile ${world.knownHosts}`,
			"GlobalKnownHostsFile none",
		]);
		writeFileSync(join(gpu.bin, "nvidia-smi"), NVIDIA_SMI, { mode: 0o755 });
		writeFileSync(join(gpu.bin, "python3"), TRAINER, { mode: 0o755 });
		mkdirSync(workspace);
		const far = "far: { pricePerHostHour: 52, releaseCommand: cloud release far }";
		writeFileSync(join(workspace, "hosts.yaml"), `sshConfig: ${world.config}\nhosts:\n  ${far}\n`);
		const tasks = smallTasks(join(root, "tasks"), { train: 4 });
		expect((await assayIn(workspace, ["data", "export", tasks, "--format", "grpo", "--name", "p"], env)).code).toBe(0);
	});
	afterAll(async () => {
		await proxy.close();
		await world.close();
		rmSync(root, { recursive: true, force: true });
	});

	test("a training is started, followed over a cut link, let go, found again and stopped, all on the screen", {
		timeout: 120_000,
	}, async () => {
		const session = startSession({
			words: ["open", "--screen", "Training", "--workspace", workspace],
			columns: 120,
			rows: 40,
			env,
		});
		try {
			await session.until("Hosts 3");
			session.send({ keys: "r" });
			await session.until("learn from the judge's rewards");
			session.send({ keys: "g" });
			await session.until("Enter shows the plan");
			// Past model, data and held-out data; then host, deadline and budget.
			session.send({ keys: "\u001b[B\u001b[B\u001b[B\u0015long\u001b[B\u001b[C\u001b[B1h\u001b[B40\r" });
			const plan = await session.until("Start this on far?");
			expect(plan).toContain("sends: ");
			session.send({ keys: "yy" });
			await session.until(/\[127\.0\.0\.1\]:\d+ is on no record/);
			session.send({ keys: "y" });
			await session.until("Passphrase of");
			session.send({ keys: "opensesame\r" });
			await session.until("● live");
			await session.until(/line \d+ of the trainer/);
			await session.until(/\$\d+\.\d+ in 00:\d\d {2}\d+ % of \$40\.00/);
			await session.until(/1 B200 +93 % +138\/179 GiB/);

			proxy.refuse(true);
			proxy.cut();
			await session.until(/reconnecting, attempt \d+, next/);
			proxy.refuse(false);
			await session.until("● live");

			session.send({ keys: "d" });
			await session.until("it goes on at far");
			await session.until("not followed; running when last seen");
			session.send({ keys: "a" });
			await session.until("● live");
			session.send({ keys: "L" });
			await session.until(/Log remote\/long\/1[\s\S]*line \d+ of the trainer/);
			session.send({ keys: "q" });
			await session.until("d detach");

			session.send({ keys: "x" });
			await session.until("Stop long on far?");
			session.send({ keys: "y" });
			await session.until("no process of it is left");
			await session.until("cloud release far");
			session.send({ keys: "\r" });
			await session.until("! interrupted");

			const runs = readdirSync(join(gpu.home, "assay-runs/runs"));
			expect(runs).toHaveLength(1);
			const attempt = join(gpu.home, "assay-runs/runs", runs[0] ?? "", "attempt-1");
			const mirror = join(workspace, "artifacts/remote/long/attempt-1/out.log");
			const there = readFileSync(join(attempt, "out.log"), "utf8");
			await until(() => readFileSync(mirror, "utf8") === there, "the log here is the log there");
			expect(session.written()).not.toContain("opensesame");
			session.send({ keys: "q" });
		} finally {
			session.kill();
		}

		const told = await assayIn(workspace, ["hosts", "cost", "--json"], env);
		const [host, training] = told.stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(host).toMatchObject({ of: "host", name: "far", isRented: true });
		expect(training).toMatchObject({ of: "training", name: "long", host: "far", state: "interrupted" });
		// A host tells when a training began and ended in whole seconds.
		expect(host.spent).toBeGreaterThan(training.spent - (2 * 52) / 3600);
		expect((await assayIn(workspace, ["hosts", "release", "far"], env)).stdout).toContain("cloud release far");
		expect((await assayIn(workspace, ["hosts", "release", "far"], env)).code).toBe(2);
	});
});
