import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));

export interface Ended {
	code: number | null;
	stdout: string;
	stderr: string;
}

/** The real program; the loop of this process goes on meanwhile, since servers of a test may live in it. */
export async function assayIn(workspace: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
	const child = spawn(process.execPath, [BIN, ...args, "--workspace", workspace], {
		env: { ...process.env, ...env },
		stdio: ["ignore", "pipe", "pipe"],
	});
	const texts = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const) {
		child[name].setEncoding("utf8").on("data", (text: string) => {
			texts[name] += text;
		});
	}
	const [code] = await once(child, "close");
	return { code, ...texts };
}

/** What it printed up to a line in which a word is, at which it was killed. */
export async function assayUntil(
	workspace: string,
	args: string[],
	word: RegExp,
	env: NodeJS.ProcessEnv = {},
): Promise<string> {
	const child = spawn(process.execPath, [BIN, ...args, "--workspace", workspace], {
		env: { ...process.env, ...env },
		stdio: ["ignore", "pipe", "inherit"],
	});
	const ended = once(child, "close");
	let text = "";
	for await (const line of createInterface({ input: child.stdout })) {
		if (child.killed) continue;
		text += `${line}\n`;
		if (word.test(line)) child.kill("SIGKILL");
	}
	await ended;
	return text;
}
