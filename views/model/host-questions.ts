import type { HostQuestion } from "../../src/domain/host-activity.js";
import type { Dialog } from "./dialog.js";
import { type Model, tellError } from "./model.js";

const following = new WeakSet<Model>();

/** Puts what has to be asked on the way to a host into a dialog, one after the other; what was open comes back after it. */
export async function followHostQuestions(model: Model): Promise<void> {
	if (following.has(model)) return;
	following.add(model);
	try {
		for await (const question of model.workbench.followQuestions(model.signal)) await ask(model, question);
	} catch (error) {
		tellError(model, "hosts", error);
	} finally {
		following.delete(model);
	}
}

async function ask(model: Model, question: HostQuestion): Promise<void> {
	const below = model.ui.getState().dialog;
	const { promise, resolve } = Promise.withResolvers<string | null>();
	const answer = (text: string | null) => {
		model.ui.setState({ dialog: below });
		resolve(text);
	};
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: question.kind === "hostKey" ? keyDialog(question, answer) : secretDialog(question, answer),
	});
	const given = await promise;
	await model.workbench.answerQuestion(question.id, given);
}

type Answer = (text: string | null) => void;

function keyDialog({ host, machine, keyType, fingerprint }: Of<"hostKey">, answer: Answer): Dialog {
	return {
		kind: "confirm",
		title: `Is this ${host}?`,
		lines: [
			`${machine} is on no record. Its ${keyType} key is`,
			fingerprint,
			"Compare it with the host's own. Nothing has been sent yet.",
		],
		yes: "it is: keep the key",
		onYes: () => answer("yes"),
		onNo: () => answer(null),
	};
}

function secretDialog({ file, attempt }: Of<"passphrase">, answer: Answer): Dialog {
	return {
		kind: "form",
		form: {
			title: `Passphrase of ${file}`,
			fields: [
				{
					id: "passphrase",
					label: "passphrase",
					about: "it stays in memory until assay ends, and is written nowhere",
					kind: "text",
					empty: null,
					isHidden: true,
				},
			],
			texts: {},
			at: 0,
			error: attempt > 1 ? "that was not it" : null,
			enters: "opens the key",
			onEnter: ({ passphrase = "" }) => {
				answer(passphrase);
				return Promise.resolve(null);
			},
			onClose: () => answer(null),
		},
	};
}

type Of<K extends HostQuestion["kind"]> = Extract<HostQuestion, { kind: K }>;
