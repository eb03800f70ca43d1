import type { HostCheck } from "../domain/host.js";
import type { HostQuestion, HostRow } from "../domain/host-activity.js";
import type { RemotePlan, RemoteTerms, StopReport, TrainingModels } from "../domain/remote-activity.js";
import type { TrainingEnd } from "../domain/training-activity.js";
import type { TrainingJob } from "../domain/training-job.js";
import type { Keyring } from "../remote/keyring.js";
import type { WantedModel } from "./fetch-checkpoint.js";
import { createQuestionDesk, type QuestionDesk } from "./host-questions.js";
import type { RemoteSessionOptions } from "./remote-session.js";

/** Hosts, and the trainings on them. Nothing here contacts a host unless its name says so. */
export interface RemoteTrainings {
	listHosts(): Promise<HostRow[]>;
	/** Describes one in hosts.yaml. */
	addHost(name: string, entry: object): Promise<void>;
	/** Connects, and looks at all that a training needs there. */
	checkHost(name: string): Promise<HostCheck>;
	/** The clock of its rent: it begins with the first training there by itself. The rent itself is ended by whoever pays it. */
	beginRent(name: string): Promise<void>;
	endRent(name: string): Promise<void>;
	/** What has to be asked on the way to a host, until the signal fires. */
	followQuestions(signal: AbortSignal): AsyncIterable<HostQuestion>;
	/** null: no answer is given. */
	answerQuestion(id: number, answer: string | null): Promise<void>;
	/** Exactly what would be sent and run; nothing is contacted. */
	planRemote(job: TrainingJob, terms: RemoteTerms): Promise<RemotePlan>;
	/** Starts it once, however often it is asked, and follows it like `attachTraining`. */
	startRemote(plan: RemotePlan): Promise<TrainingEnd>;
	/** Follows it until it has ended, and brings its checkpoint. */
	attachTraining(id: string): Promise<TrainingEnd>;
	/** It goes on there. */
	detachTraining(id: string): Promise<void>;
	/** Ends it there, and sees that nothing of it is left. */
	stopRemote(id: string): Promise<StopReport>;
	/** Whole models that it left so far, there and here. */
	trainingModels(id: string): Promise<TrainingModels>;
	/** Has it write a model at its next step; gives that step when the model is whole. */
	keepModelNow(id: string): Promise<number>;
	/** Brings a model that it left; gives its name among the checkpoints. */
	fetchTraining(id: string, wanted: WantedModel): Promise<string>;
}

/** What reads hosts and goes to them is loaded when it is asked for the first time. */
export function createRemoteTrainings(options: Omit<RemoteSessionOptions, "desk">): RemoteTrainings & {
	/** What is asked on the way to a host by others than these: it comes with `followQuestions`. */
	questionsFor: QuestionDesk["questionsFor"];
	/** What was opened with a passphrase by these. */
	keyring: () => Promise<Keyring>;
	/** Goes on with one that was interrupted, on what is left of its limit. */
	resumeRemote(id: string): Promise<TrainingEnd>;
} {
	const desk = createQuestionDesk();
	let session: ReturnType<typeof load> | null = null;
	const load = async () => {
		const { openRemoteSession } = await import("./remote-session.js");
		return openRemoteSession({ ...options, desk });
	};
	const opened = () => {
		session ??= load();
		return session;
	};
	return {
		listHosts: async () => (await opened()).listHosts(),
		addHost: async (name, entry) => (await opened()).addHost(name, entry),
		checkHost: async (name) => await (await opened()).checkHost(name),
		beginRent: async (name) => (await opened()).beginRent(name),
		endRent: async (name) => (await opened()).endRent(name),
		followQuestions: (signal) => desk.follow(signal),
		answerQuestion: async (id, answer) => await Promise.resolve(desk.answer(id, answer)),
		planRemote: async (job, terms) => (await opened()).plan(job, terms),
		startRemote: async (plan) => await (await opened()).start(plan),
		attachTraining: async (id) => await (await opened()).attach(id),
		detachTraining: async (id) => await (await opened()).detach(id),
		stopRemote: async (id) => await (await opened()).stop(id),
		trainingModels: async (id) => await (await opened()).models(id),
		keepModelNow: async (id) => await (await opened()).keepNow(id),
		fetchTraining: async (id, wanted) => await (await opened()).fetch(id, wanted),
		questionsFor: desk.questionsFor,
		keyring: async () => (await opened()).keyring,
		resumeRemote: async (id) => await (await opened()).resume(id),
	};
}
