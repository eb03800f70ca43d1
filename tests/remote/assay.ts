import { spawn } from "node:child_process";
import { once } from "node:events";
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
