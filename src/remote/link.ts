import type { Duplex } from "node:stream";
import { AssayError } from "../lib/errors.js";
import { lastLine } from "../lib/last-line.js";

export interface Executed {
	/** null: it was ended by a signal, or nobody knows how it ended. Never 0 unless the program said so. */
	code: number | null;
	stdout: Buffer;
	/** Its last part. */
	stderr: string;
}

export interface ExecuteOptions {
	/** Goes to standard input, which is closed after it. */
	input?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
	/** Takes standard output as it comes; `stdout` stays empty then. */
	onOutput?: (bytes: Buffer) => void;
	/** null: as long as it takes, and as long as the link lives. */
	timeoutMs?: number | null;
	signal: AbortSignal;
}

/** A machine that runs commands for us. */
export interface Link {
	/** Runs a line of POSIX shell. Rejects with LinkLost when the link ends before the command has. */
	execute(command: string, options: ExecuteOptions): Promise<Executed>;
	/** A stream to a port as seen from there. */
	forward(host: string, port: number): Promise<Duplex>;
	close(): void;
}

/** The link ended, or never came to be; the machine behind it may well be working. */
export class LinkLost extends AssayError {
	/** Whether another attempt may go better: a refused key never does. */
	readonly isPassing: boolean;

	constructor(message: string, options: { hint?: string; cause?: unknown; isPassing: boolean }) {
		super("host", message, options);
		this.isPassing = options.isPassing;
	}
}

/** Standard output of a command that has to end well. Throws `host` with what it said. */
export async function outputOf(link: Link, command: string, options: ExecuteOptions): Promise<string> {
	const { code, stdout, stderr } = await link.execute(command, options);
	if (code === 0) return stdout.toString("utf8");
	const said = lastLine(stderr);
	const [, hint] = REMEDIES.find(([reason]) => reason.test(said)) ?? [];
	const text = said || `a command on the host ended with ${code ?? "a signal"}`;
	throw new AssayError("host", text, hint === undefined ? {} : { hint });
}

const REMEDIES: readonly [RegExp, string][] = [
	[
		/No space left|no room left|quota exceeded/i,
		"make room on the host, or name a larger disk as workdir in hosts.yaml",
	],
	[/Permission denied|Read-only file system/i, "set workdir in hosts.yaml to a folder that you may write"],
	[/command not found|: not found/, "`assay hosts check` tells which programs are missing there"],
];
