import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { type AppendFile, openAppendFile } from "../artifacts/append-file.js";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, loopFiles } from "../artifacts/layout.js";
import { lockRun } from "../artifacts/run-lock.js";
import { LoopEvent, LoopPlan, type LoopStage } from "../domain/loop.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";

/** What a loop did, in artifacts/loops/<id>: the plan once, then a line for everything that happened. */
export interface LoopRecord {
	readonly folder: string;
	readonly plan: LoopPlan;
	/** Everything so far, oldest first. */
	readonly events: readonly LoopEvent[];
	append(event: LoopEvent): void;
	isDone(iteration: number, stage: LoopStage): boolean;
	/** The run that a stage was doing, finished or not. */
	runOf(iteration: number, stage: LoopStage): string | null;
	close(): void;
}

/** Throws `usage` where there is a loop of that name. */
export function startLoop(workspace: string, plan: LoopPlan): LoopRecord {
	refuseTaken(workspace, plan.loopId);
	const files = filesOf(workspace, plan.loopId);
	mkdirSync(files.folder, { recursive: true });
	writeFileAtomic(files.plan, `${JSON.stringify(plan, null, "\t")}\n`);
	return recordOf(files, plan);
}

export function refuseTaken(workspace: string, id: string): void {
	if (!existsSync(filesOf(workspace, id).plan)) return;
	throw new AssayError("usage", `${id}: there is such a loop`, {
		hint: `\`assay loop --resume ${id}\` goes on with it; --name gives a new one another name`,
	});
}

/** By its id, the start of one, or `latest`. Throws `usage` where there is none, or where another process works at it. */
export function openLoop(workspace: string, reference: string): LoopRecord {
	const files = filesOf(workspace, loopNamed(workspace, reference));
	return recordOf(files, readLoopPlan(files.plan));
}

/** Throws `usage` that says what can be done where another version wrote it. */
export function readLoopPlan(path: string): LoopPlan {
	return readJsonFile(LoopPlan, path, ANOTHER_VERSION);
}

const ANOTHER_VERSION =
	"another version of assay planned this loop: its runs and checkpoints are as they were; begin anew under another --name";

function loopNamed(workspace: string, reference: string): string {
	const ids = loopIds(workspace);
	const newest = () => readableLoops(workspace).map(({ id }) => id);
	const found =
		reference === "latest" ? [...newest(), ...ids].slice(0, 1) : ids.filter((id) => id.startsWith(reference));
	const [id, ...others] = found.includes(reference) ? [reference] : found;
	if (id !== undefined && others.length === 0) return id;
	throw new AssayError(
		"usage",
		id === undefined ? `no loop is called ${reference}` : `${reference} could be any of ${found.join(", ")}`,
		{ hint: "`assay loop list` shows the loops of this workspace" },
	);
}

export function loopIds(workspace: string): string[] {
	const { folder } = filesOf(workspace, "");
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((id) => existsSync(filesOf(workspace, id).plan))
		.sort();
}

/** The newest first, without those that are damaged or that another version planned. */
export function readableLoops(workspace: string): { id: string; plan: LoopPlan }[] {
	return loopIds(workspace)
		.flatMap((id) => {
			try {
				return [{ id, plan: readLoopPlan(filesOf(workspace, id).plan) }];
			} catch (error) {
				if (error instanceof AssayError) return [];
				throw error;
			}
		})
		.toSorted((a, b) => Date.parse(b.plan.createdAt) - Date.parse(a.plan.createdAt));
}

function filesOf(workspace: string, id: string) {
	return loopFiles(artifactsRoot(workspace), id);
}

function recordOf({ folder, log, lock }: ReturnType<typeof filesOf>, plan: LoopPlan): LoopRecord {
	const held = lockRun(lock, plan.loopId);
	const events = existsSync(log) ? readEvents(log) : [];
	const file: AppendFile = openAppendFile(log);
	return {
		folder,
		plan,
		events,
		append(event) {
			file.append(Buffer.from(`${JSON.stringify(event)}\n`));
			events.push(event);
		},
		isDone: (iteration, stage) =>
			events.some((event) => event.type === "stage.finished" && event.iteration === iteration && event.stage === stage),
		runOf(iteration, stage) {
			const run = events.findLast(
				(event) => event.type === "stage.run" && event.iteration === iteration && event.stage === stage,
			);
			return run?.type === "stage.run" ? run.runId : null;
		},
		close() {
			file.close();
			held.release();
		},
	};
}

/** A last line that was cut by a kill is passed over: what it told happens again. */
function readEvents(path: string): LoopEvent[] {
	return readFileSync(path, "utf8")
		.split("\n")
		.flatMap((line, index) => {
			if (line === "") return [];
			try {
				return [LoopEvent.parse(JSON.parse(line))];
			} catch (cause) {
				if (!(cause instanceof SyntaxError)) {
					throw new AssayError("usage", `${path}:${index + 1}: not an event of a loop`, { cause });
				}
				return [];
			}
		});
}
