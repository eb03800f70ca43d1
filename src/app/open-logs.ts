import { createLogReader, type LogReader } from "../artifacts/log-reader.js";
import { AssayError } from "../lib/errors.js";
import { findInLog, followLog } from "./follow-log.js";
import type { Workbench } from "./workbench.js";

type Logs = Pick<Workbench, "followLog" | "readLog" | "filterLog" | "findInLog">;

/** The logs that are being followed; each has one reader, whose index and filter the other calls use. */
export function createOpenLogs(pathOf: (runId: string) => Promise<string>): Logs {
	const open = new Map<string, { reader: LogReader; followers: number }>();

	const readerOf = (runId: string): LogReader => {
		const found = open.get(runId);
		if (found) return found.reader;
		throw new AssayError("usage", `the log of ${runId} is not open`);
	};
	return {
		async *followLog(runId, signal) {
			const path = await pathOf(runId);
			const log = open.get(runId) ?? { reader: createLogReader(path), followers: 0 };
			open.set(runId, log);
			log.followers++;
			try {
				yield* followLog(log.reader, signal);
			} finally {
				log.followers--;
				if (log.followers === 0) {
					open.delete(runId);
					log.reader.close();
				}
			}
		},
		readLog: async (runId, from, count, skipBytes) =>
			await Promise.resolve(readerOf(runId).rows(from, count, { skipBytes })),
		filterLog: async (runId, query) => await Promise.resolve(readerOf(runId).setFilter(query)),
		findInLog: async (runId, query, from, direction) => await findInLog(readerOf(runId), query, from, direction),
	};
}
