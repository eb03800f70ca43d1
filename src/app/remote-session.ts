import { basename } from "node:path";
import type { HostCheck } from "../domain/host.js";
import type { HostRow } from "../domain/host-activity.js";
import { hostsOf } from "../domain/hosts-of-run.js";
import type { RemotePlan, RemoteTerms, StopReport, TrainingModels } from "../domain/remote-activity.js";
import type { RemoteEvent, RemoteRun } from "../domain/remote-run.js";
import type { TrainingEnd } from "../domain/training-activity.js";
import type { TrainingJob } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";
import { addHost, findHost, findHosts } from "../remote/hosts-file.js";
import { createKeyring } from "../remote/keyring.js";
import { attemptWorkedMs } from "../store/remote-cost.js";
import { remoteStateText } from "../store/remote-texts.js";
import { checkHost } from "./check-host.js";
import { fetchCheckpoint, type WantedModel } from "./fetch-checkpoint.js";
import type { QuestionDesk } from "./host-questions.js";
import { beginRent, endRent } from "./host-rent.js";
import { hostRows } from "./host-rows.js";
import { jobClock } from "./job-clock.js";
import { keepModelNow } from "./kept-models.js";
import { logEndThere } from "./log-end-there.js";
import type { NewsFeed } from "./news-feed.js";
import { hostOpener, type OpenHost } from "./open-host.js";
import { refOfRemote, tellRemote } from "./remote-news.js";
import { remotePlan } from "./remote-plan.js";
import { readRemoteJob, readRemoteRun, recordState, remoteIds } from "./remote-records.js";
import { startRemoteTraining } from "./start-remote-training.js";
import { stopRemoteTraining } from "./stop-remote-training.js";
import { finishOnHost } from "./train-on-host.js";
import { trainedText } from "./trained-model.js";
import { trainingModels } from "./training-models.js";
import { findTraining, placeHere, placeThere } from "./training-place.js";

/** Between asking a job to end and ending it. */
const GRACE_SECONDS = 10;

export interface RemoteSessionOptions {
	workspace: string;
	signal: AbortSignal;
	feed: NewsFeed;
	/** Where somebody answers what is asked on the way. */
	desk: QuestionDesk;
	/** What is under way, so that closing can wait for it. */
	track: (work: Promise<unknown>) => void;
}

/** Hosts and the trainings on them, for one screen: each is followed once, and a passphrase is asked for once. */
export function openRemoteSession(options: RemoteSessionOptions) {
	const { workspace, signal, feed, track, desk } = options;
	const keyring = createKeyring(desk.questionsFor("", signal));
	const followed = new Map<string, { stop: AbortController; ended: Promise<TrainingEnd> }>();
	const openerFor =
		(asking: AbortSignal): OpenHost =>
		(name) =>
			hostOpener(workspace, desk.questionsFor(name, asking), keyring)(name);
	const told = (event: RemoteEvent) => tellRemote(feed, event);

	const attached = (id: string, begin: (own: AbortSignal) => Promise<RemoteRun>): Promise<TrainingEnd> => {
		const known = followed.get(id);
		if (known) return known.ended;
		const stop = new AbortController();
		const own = AbortSignal.any([signal, stop.signal]);
		const ended = begin(own)
			.then((run) => followToEnd(run, own))
			.catch((error: unknown): TrainingEnd => {
				if (!own.aborted) throw error;
				if (!remoteIds(workspace).includes(id))
					return { ref: refOfRemote(id), outcome: "stopped", text: "nothing of it was started" };
				// It was seen until now.
				const { last } = readRemoteRun(workspace, id);
				recordState(workspace, id, last.state);
				return {
					ref: refOfRemote(id),
					outcome: "stopped",
					text: `it goes on at ${hostsOf(readRemoteRun(workspace, id))}`,
				};
			})
			.finally(() => {
				followed.delete(id);
				feed.tell({ ref: refOfRemote(id), update: { kind: "link", link: null, atMs: Date.now() } });
			});
		followed.set(id, { stop, ended });
		track(ended);
		return ended;
	};

	async function followToEnd(run: RemoteRun, own: AbortSignal): Promise<TrainingEnd> {
		const { id } = run;
		const openTo: OpenHost = (name) => async (opening) => {
			const link = await openerFor(own)(name)(opening);
			if (name !== run.host) return link;
			// Its end is looked at first; what it says on the way comes with the rest.
			logEndThere(workspace, id, link, own).then(
				(end) => end && feed.tell({ ref: refOfRemote(id), update: { kind: "logEnd", ...end } }),
				// It has no log yet, or the link is lost again: that is told by who follows it.
				() => {},
			);
			return link;
		};
		try {
			const checkpoint = await finishOnHost({ workspace, run, openTo, signal: own, onEvent: told });
			const text = trainedText(readRemoteJob(workspace, id), basename(checkpoint));
			return { ref: refOfRemote(id), outcome: "finished", text };
		} catch (error) {
			const { state } = readRemoteRun(workspace, id).last;
			if (own.aborted || state.state !== "ended" || state.exit.reason !== "stop") throw error;
			return { ref: refOfRemote(id), outcome: "stopped", text: "what is done is kept" };
		}
	}

	const placeOf = (id: string) => {
		const { run } = findTraining(workspace, id);
		if (run === null) return placeHere(workspace, id);
		return placeThere(workspace, run, openerFor(signal));
	};

	const begin = (job: TrainingJob, terms: RemoteTerms) =>
		attached(job.name, (own) =>
			startRemoteTraining({
				workspace,
				job,
				hosts: findHosts(workspace, terms.host),
				deadlineSeconds: terms.deadlineSeconds,
				budgetUsd: terms.budgetUsd,
				graceSeconds: GRACE_SECONDS,
				secrets: {},
				openTo: openerFor(own),
				isPrompt: true,
				signal: own,
				onEvent: told,
			}),
		);

	return {
		keyring,
		listHosts: (): HostRow[] => hostRows(workspace),
		beginRent(name: string): void {
			beginRent(workspace, findHost(workspace, name));
		},
		endRent(name: string): void {
			endRent(workspace, findHost(workspace, name));
		},
		addHost(name: string, entry: object): void {
			addHost(workspace, name, entry, false);
		},
		async checkHost(name: string): Promise<HostCheck> {
			const host = findHost(workspace, name);
			return await checkHost({ workspace, host, open: openerFor(signal)(name), signal });
		},
		plan: (job: TrainingJob, terms: RemoteTerms): RemotePlan => remotePlan(workspace, job, terms),
		start: ({ job, terms }: RemotePlan) => begin(job, terms),
		attach: (id: string) => attached(id, () => Promise.resolve(readRemoteRun(workspace, id))),
		async detach(id: string): Promise<void> {
			const own = followed.get(id);
			if (!own) throw new AssayError("usage", `${id} is not followed from here`);
			own.stop.abort();
			await own.ended.catch(() => {});
		},
		resume(id: string): Promise<TrainingEnd> {
			const run = readRemoteRun(workspace, id);
			return begin(readRemoteJob(workspace, id), { host: hostsOf(run), ...termsLeft(workspace, run) });
		},
		async stop(id: string): Promise<StopReport> {
			const run = readRemoteRun(workspace, id);
			const host = findHost(workspace, run.host);
			const stopping = stopRemoteTraining({
				workspace,
				run,
				openTo: openerFor(signal),
				graceSeconds: GRACE_SECONDS,
				signal,
			});
			track(stopping);
			const { state, left, mayHide } = await stopping;
			feed.wake();
			const { releaseCommand } = host;
			return { text: remoteStateText(state), left, mayHide, pricePerHour: run.pricePerHour, releaseCommand };
		},
		models: (id: string): Promise<TrainingModels> => trainingModels(workspace, placeOf(id), signal),
		async keepNow(id: string): Promise<number> {
			const keeping = keepModelNow({ place: placeOf(id), signal, onEvent: told });
			track(keeping);
			return (await keeping).step;
		},
		async fetch(id: string, wanted: WantedModel): Promise<string> {
			const fetching = fetchCheckpoint({ workspace, place: placeOf(id), wanted, signal, onEvent: told });
			track(fetching);
			return basename(await fetching);
		},
	};
}

/** What was agreed for its last attempt and was not used. Throws `usage` where that is nothing. */
function termsLeft(workspace: string, run: RemoteRun): Omit<RemoteTerms, "host"> {
	const { limit, pricePerHour, id } = run;
	if (limit === null) return { deadlineSeconds: null, budgetUsd: null };
	const seconds = limit.seconds - attemptWorkedMs(jobClock(workspace, run), Date.now()) / 1000;
	if (seconds < 1) {
		throw new AssayError("usage", `${id}: its ${limit.reason} is used up`, {
			hint: `\`assay train … --name ${id} --host ${hostsOf(run)}\` with another --${limit.reason} goes on with it`,
		});
	}
	return limit.reason === "budget" && pricePerHour !== null
		? { deadlineSeconds: null, budgetUsd: (seconds / 3600) * pricePerHour }
		: { deadlineSeconds: seconds, budgetUsd: null };
}
