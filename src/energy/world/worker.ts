import { workerData } from "node:worker_threads";
import { breath, serveAsked } from "../../lib/serve-asked.js";
import type { WorldAnswer, WorldRequest, WorldStart } from "./messages.js";
import { WorldSessions } from "./sessions.js";

/** The thread that holds a world model. It answers one request after the other. */
async function main(start: WorldStart): Promise<void> {
	await serveAsked<WorldRequest, WorldAnswer>(async () => {
		const sessions = await WorldSessions.open(start);
		return {
			most: 1,
			async answer(asked) {
				for (const of of asked) {
					const answer = await sessions.answer(of.request, async () => {
						await breath();
						return !of.signal.aborted;
					});
					if (answer !== null) of.answer(answer);
				}
			},
		};
	});
}

await main(workerData as WorldStart);
