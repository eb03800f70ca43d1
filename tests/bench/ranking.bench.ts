import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CandidateRankings, createCandidateRankings } from "../../src/app/candidate-rankings.js";
import { createRankingThread } from "../../src/app/ranking-thread.js";
import { artifactsRoot } from "../../src/artifacts/layout.js";
import { programCandidate } from "../../src/domain/run.js";
import type { FunctionTask } from "../../src/domain/task.js";
import { openTasks } from "../../src/tasks/open-tasks.js";
import { openVerifier } from "../../src/verify/open-verifier.js";
import type { Verifier } from "../../src/verify/verifier.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const N = 40;
const ROUNDS = 3;
const PART_MS = 6000;
const SETTINGS = ["alone", "ranked on its own thread", "ranked on the judge's thread"] as const;
type Setting = (typeof SETTINGS)[number];

/** Samples judged a second while a run is ranked over and over, which is more than the screen does, and while nothing is. */
async function main(json: boolean): Promise<void> {
	const report = (row: object, text: string) =>
		void process.stdout.write(json ? `${JSON.stringify({ type: "bench.row", bench: "ranking", ...row })}\n` : text);
	const load = loadavg()[0] ?? 0;
	const machine = `ranking: ${availableParallelism()} processors, Node ${process.versions.node}, load ${load.toFixed(1)}\n`;
	report({ name: "machine", load }, machine);
	const workspace = mkdtempSync(join(tmpdir(), "assay-bench-"));
	const { signal } = new AbortController();
	const verifier = await openVerifier({ workers: null, tier: null, cacheDir: null, signal });
	try {
		const tasksPath = join(root, "fixtures/tasks");
		const words = ["run", tasksPath, "--backend", "mock", "-n", String(N), "--workspace", workspace, "--quiet"];
		execFileSync(process.execPath, [join(root, "bin/assay.js"), ...words], { stdio: "ignore" });
		const tasks: FunctionTask[] = [];
		for await (const task of openTasks(tasksPath, {}))
			if (task.kind === "function" && task.language === "python" && task.reference !== null) tasks.push(task);
		const rates = new Map<Setting, number[]>(SETTINGS.map((setting) => [setting, []]));
		for (let round = 0; round < ROUNDS; round++) {
			for (const setting of SETTINGS) {
				const { perSecond, rankings } = await measure(setting, { workspace, verifier, tasks });
				rates.get(setting)?.push(perSecond);
				report(
					{ name: setting, perSecond, rankings },
					`${setting.padEnd(30)} ${perSecond.toFixed(1).padStart(7)} judged/s  ${rankings.toFixed(1)} rankings\n`,
				);
			}
		}
		const alone = middle(rates.get("alone"));
		for (const setting of SETTINGS.slice(1)) {
			const share = middle(rates.get(setting)) / alone;
			report({ name: `share, ${setting}`, share }, `${setting}: ${(100 * share).toFixed(0)} % of its pace alone\n`);
		}
	} finally {
		await verifier.close();
		rmSync(workspace, { recursive: true, force: true });
	}
}

interface Surroundings {
	workspace: string;
	verifier: Verifier;
	tasks: readonly FunctionTask[];
}

/** `rankings`: how many times the run was ranked meanwhile. */
async function measure(
	setting: Setting,
	{ workspace, verifier, tasks }: Surroundings,
): Promise<{ perSecond: number; rankings: number }> {
	const places = { workspace, roots: [artifactsRoot(workspace)], worldModel: null, worldIndex: null };
	const options = { ...places, fittedRankers: null, verifier: () => Promise.resolve(verifier) };
	const stopped = new AbortController();
	const here = setting === "ranked on the judge's thread" ? createCandidateRankings(options) : null;
	const thread = setting === "ranked on its own thread" ? createRankingThread(options) : null;
	const counted = rankOverAndOver(here ?? thread?.calls ?? null, stopped.signal);
	const started = performance.now();
	const judged = await judgeFor(PART_MS, tasks, verifier);
	const perSecond = judged / ((performance.now() - started) / 1000);
	stopped.abort();
	const rankings = await counted;
	await (thread ?? here)?.close();
	return { perSecond, rankings };
}

async function rankOverAndOver(rankings: CandidateRankings | null, signal: AbortSignal): Promise<number> {
	let [done, share] = [0, 0];
	try {
		while (rankings !== null && !signal.aborted) {
			const request = { runId: "latest", execute: false, allowSeen: false };
			for await (const update of rankings.rankCandidates(request, signal))
				if (update.kind === "progress") share = update.done / update.total;
			done++;
			share = 0;
		}
	} catch (error) {
		if (!signal.aborted) throw error;
	}
	return done + share;
}

async function judgeFor(ms: number, tasks: readonly FunctionTask[], verifier: Verifier): Promise<number> {
	const { signal } = new AbortController();
	const end = performance.now() + ms;
	let [next, judged] = [0, 0];
	const work = async (): Promise<void> => {
		while (performance.now() < end) {
			const task = tasks[next++ % tasks.length];
			if (task === undefined) return;
			await verifier.verify(task, programCandidate(task.id, next, "bench", task.reference), { gate: true, signal });
			judged++;
		}
	};
	await Promise.all(Array.from({ length: 2 * verifier.concurrency }, work));
	return judged;
}

function middle(values: readonly number[] = []): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

await main(process.argv.includes("--json"));
