import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { AssayError } from "../lib/errors.js";
import type { Keyring } from "./keyring.js";
import { type Link, LinkLost } from "./link.js";
import { boundedTail } from "./output-buffers.js";
import type { Questions } from "./questions.js";
import { resolveSsh, type SshSettings } from "./ssh-config.js";
import { connectSsh } from "./ssh-link.js";

export interface RouteOptions {
	/** As `ssh -F`. */
	sshConfig: string | null;
	keyring: Keyring;
	questions: Questions;
	signal: AbortSignal;
}

const MOST_JUMPS = 8;

/** Connects to what ssh calls `alias`, through the hosts or the command that its configuration names. */
export async function openSsh(alias: string, options: RouteOptions): Promise<Link> {
	return await connectThrough(await resolveSsh(alias, options.sshConfig, options.signal), options, []);
}

async function connectThrough(settings: SshSettings, options: RouteOptions, way: string[]): Promise<Link> {
	if (way.length > MOST_JUMPS) {
		throw new AssayError("usage", `ssh goes round in a circle: ${[...way, settings.alias].join(" → ")}`);
	}
	const { keyring, questions, signal } = options;
	const connect = (through: Duplex | null) => connectSsh(settings, { keyring, questions, through, signal });
	const nearest = settings.jumps.at(-1);
	if (nearest !== undefined) {
		const jump = await resolveJump(nearest, options);
		const rest = settings.jumps.slice(0, -1);
		const before = await connectThrough(rest.length === 0 ? jump : { ...jump, jumps: rest }, options, [
			...way,
			settings.alias,
		]);
		return await onTopOf(
			() => before.close(),
			async () => connect(await before.forward(settings.hostname, settings.port)),
		);
	}
	if (settings.proxyCommand !== null) {
		const child = spawn("sh", ["-c", settings.proxyCommand], { stdio: ["pipe", "pipe", "pipe"] });
		// What it says is in the error: the terminal may be a screen's.
		const said = boundedTail(child.stderr);
		const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
		child.on("error", (error) => stream.destroy(error));
		return await onTopOf(
			() => child.kill("SIGTERM"),
			async () => {
				try {
					return await connect(stream);
				} catch (error) {
					const why = said().trim().split("\n").at(-1);
					if (!why || !(error instanceof LinkLost)) throw error;
					throw new LinkLost(`${error.message}: ${why}`, {
						cause: error,
						isPassing: error.isPassing,
						...(error.hint !== null && { hint: error.hint }),
					});
				}
			},
		);
	}
	return await connect(null);
}

/** What the link stands on is given up with it. */
async function onTopOf(release: () => void, open: () => Promise<Link>): Promise<Link> {
	try {
		const link = await open();
		return {
			...link,
			close() {
				link.close();
				release();
			},
		};
	} catch (error) {
		release();
		throw error;
	}
}

/** `user@host:port`, or an alias. */
async function resolveJump(text: string, { sshConfig, signal }: RouteOptions): Promise<SshSettings> {
	const [, user, bracketed, plain, port] = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
	const name = bracketed ?? plain;
	if (name === undefined) throw new AssayError("usage", `ProxyJump ${text}: expected user@host:port`);
	const settings = await resolveSsh(name, sshConfig, signal);
	return { ...settings, ...(user !== undefined && { user }), ...(port !== undefined && { port: Number(port) }) };
}
