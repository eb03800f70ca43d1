import type { RemoteRun } from "../domain/remote-run.js";
import type { Link } from "./link.js";
import { folderOfAttempt } from "./start-attempt.js";
import { type Answer, watchRun } from "./watch-run.js";

/** How a run stands, in the newest of the attempts that Slurm has begun by itself. */
export async function standingOf(
	link: Link,
	{ folder, attempt }: Pick<RemoteRun, "folder" | "attempt">,
	signal: AbortSignal,
): Promise<Answer & { attempt: number }> {
	const watch = watchRun(link, folderOfAttempt({ folder, attempt }), signal);
	const answer = await watch.ask().finally(() => watch.close());
	if (answer.state.state !== "requeued") return { ...answer, attempt };
	return await standingOf(link, { folder, attempt: answer.state.attempt }, signal);
}
