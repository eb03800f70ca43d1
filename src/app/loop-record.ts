import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AppendFile, openAppendFile } from "../artifacts/append-file.js";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot } from "../artifacts/layout.js";
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

export function startLoop(workspace: string, plan: LoopPlan): LoopRecord {
	const folder = loopFolder(workspace, plan.loopId);
	mkdirSync(folder, { recursive: true });
	writeFileAtomic(join(folder, "loop.json"), `${JSON.stringify(plan, null, "\t")}\n`);
	return recordOf(folder, plan);
}

/** By its id, the start of one, or `latest`. Throws `usage` where there is none. */
export function openLoop(workspace: string, reference: string): LoopRecord {
	const ids = loopIds(workspace);
	const found = reference === "latest" ? ids.slice(-1) : ids.filter((id) => id.startsWith(reference));
	const [id, ...others] = found.includes(reference) ? [reference] : found;
	if (id === undefined || others.length > 0) {
		throw new AssayError(
			"usage",
			id === undefined ? `no loop is called ${reference}` : `${reference} could be any of ${found.join(", ")}`,
			{
				hint: `loops are in ${join(artifactsRoot(workspace), "loops")}`,
			},
		);
	}
	const folder = loopFolder(workspace, id);
	return recordOf(folder, readJsonFile(LoopPlan, join(folder, "loop.json")));
}

/** Oldest first. */
function loopIds(workspace: string): string[] {
	const root = join(artifactsRoot(workspace), "loops");
	if (!existsSync(root)) return [];
	return readdirSync(root)
		.filter((id) => existsSync(join(root, id, "loop.json")))
		.sort();
}

function loopFolder(workspace: string, id: string): string {
	return join(artifactsRoot(workspace), "loops", id);
}

function recordOf(folder: string, plan: LoopPlan): LoopRecord {
	const path = join(folder, "loop.log");
	const events = existsSync(path) ? readEvents(path) : [];
	const file: AppendFile = openAppendFile(path);
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
		close: () => file.close(),
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
