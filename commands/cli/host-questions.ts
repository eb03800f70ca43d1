import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { execa } from "execa";
import type { Questions } from "../../src/remote/questions.js";
import type { CommandContext } from "./context.js";
import { printable } from "./print.js";

/**
 * Asks on the terminal; without one a host's key is accepted only by its fingerprint, and passphrases come from the program
 * that SSH_ASKPASS names, as ssh does it.
 */
export function hostQuestions(context: CommandContext, acceptedKey: string | null = null): Questions {
	const { stdin, stderr, signal } = context;
	const isAsking = () => stdin().isTTY === true;
	const ask = async (question: string, isHidden: boolean): Promise<string> => {
		const output = isHidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : stderr;
		const lines = createInterface({ input: stdin(), output, terminal: isHidden });
		// The terminal shows nothing from here on, and tells of no Ctrl-C.
		lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
		const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
		stderr.write(printable(question, "\n"));
		try {
			return await Promise.race([lines.question("", { signal }), closed]);
		} finally {
			lines.close();
			if (isHidden) stderr.write("\n");
		}
	};
	return {
		async acceptsHostKey(host, { type, fingerprint }) {
			if (acceptedKey !== null) return acceptedKey === fingerprint;
			if (!isAsking()) return false;
			const question = `${host} is on no record. Its ${type} key is\n  ${fingerprint}\nIs that the host's own, and is it to be kept? [y/N] `;
			return /^y(es)?$/i.test((await ask(question, false)).trim());
		},
		async passphrase(file, attempt) {
			const question = `${attempt > 1 ? "wrong; once more, " : ""}passphrase of ${file}: `;
			if (isAsking()) return (await ask(question, true)) || null;
			const program = process.env.SSH_ASKPASS;
			if (!program) return null;
			const told = await execa(program, [question], { reject: false, cancelSignal: signal, stdin: "ignore" });
			return told.exitCode === 0 ? told.stdout || null : null;
		},
	};
}
