import type { HostQuestion } from "../domain/host-activity.js";
import type { Questions } from "../remote/questions.js";

/** Questions that wait until somebody at a screen answers them. */
export interface QuestionDesk {
	/** To be asked on the way to this host; given up when the signal fires. */
	questionsFor(host: string, signal: AbortSignal): Questions;
	/** Those that wait, and those that come. */
	follow(signal: AbortSignal): AsyncGenerator<HostQuestion>;
	/** null: no answer is given. A question that waits no longer is passed over. */
	answer(id: number, answer: string | null): void;
}

type Asked = HostQuestion extends infer Q ? (Q extends HostQuestion ? Omit<Q, "id" | "host"> : never) : never;

export function createQuestionDesk(): QuestionDesk {
	const waiting = new Map<number, { question: HostQuestion; answer: (text: string | null) => void }>();
	let lastId = 0;
	let wake = () => {};
	const ask = async (host: string, asked: Asked, signal: AbortSignal): Promise<string | null> => {
		signal.throwIfAborted();
		const id = ++lastId;
		const { promise, resolve, reject } = Promise.withResolvers<string | null>();
		const giveUp = () => reject(signal.reason);
		signal.addEventListener("abort", giveUp, { once: true });
		waiting.set(id, { question: { ...asked, id, host }, answer: resolve });
		wake();
		try {
			return await promise;
		} finally {
			signal.removeEventListener("abort", giveUp);
			waiting.delete(id);
		}
	};
	return {
		questionsFor: (host, signal) => ({
			acceptsHostKey: async (machine, { type, fingerprint }) =>
				(await ask(host, { kind: "hostKey", machine, keyType: type, fingerprint }, signal)) !== null,
			passphrase: (file, attempt) => ask(host, { kind: "passphrase", file, attempt }, signal),
		}),
		async *follow(signal) {
			const told = new Set<number>();
			const stop = () => wake();
			signal.addEventListener("abort", stop, { once: true });
			while (!signal.aborted) {
				const come = new Promise<void>((resolve) => {
					wake = resolve;
				});
				for (const [id, { question }] of waiting) {
					if (told.has(id)) continue;
					told.add(id);
					yield question;
				}
				if (!signal.aborted) await come;
			}
			signal.removeEventListener("abort", stop);
		},
		answer: (id, text) => waiting.get(id)?.answer(text),
	};
}
