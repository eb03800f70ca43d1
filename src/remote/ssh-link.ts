import type { Duplex } from "node:stream";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client, ClientChannel, ServerHostKeyAlgorithm } from "ssh2";
import { AssayError } from "../lib/errors.js";
import { Slots } from "../lib/slots.js";
import { hostKeyCheck } from "./host-keys.js";
import type { Keyring } from "./keyring.js";
import { type Executed, type ExecuteOptions, type Link, LinkLost } from "./link.js";
import { boundedTail, DEFAULT_TIMEOUT_MS } from "./output-buffers.js";
import type { Questions } from "./questions.js";
import { authentication } from "./ssh-authentication.js";
import type { SshSettings } from "./ssh-config.js";
import { linkFailure } from "./ssh-failures.js";

export interface SshOptions {
	keyring: Keyring;
	questions: Questions;
	/** What the connection goes through; null: straight to the machine. */
	through: Duplex | null;
	signal: AbortSignal;
}

/** Of sshd's ten, so that a person's own sessions on a shared connection have room. */
const CHANNELS = 6;
const CONNECT_MS = 10_000;
/** A link that went dead is noticed after 15 to 20 s. */
const KEEPALIVE = { keepaliveInterval: 5000, keepaliveCountMax: 3 };

/** Connects once. Throws LinkLost with what to do about it; nothing is sent before the host's key is known to be right. */
export async function connectSsh(settings: SshSettings, options: SshOptions): Promise<Link> {
	const { Client } = (await import("ssh2")).default;
	options.signal.throwIfAborted();
	const client = new Client();
	const lost = Promise.withResolvers<never>();
	lost.promise.catch(() => {});
	const end = (error: unknown): void => {
		lost.reject(linkFailure(settings, error));
		client.destroy();
	};
	client.on("error", end);
	client.on("close", () => end(new Error("the connection was closed")));
	const abort = (): void => end(options.signal.reason);
	options.signal.addEventListener("abort", abort, { once: true });
	try {
		await Promise.race([lost.promise, handshake(client, settings, options, end)]);
	} catch (error) {
		client.destroy();
		options.signal.throwIfAborted();
		throw error;
	} finally {
		options.signal.removeEventListener("abort", abort);
	}
	client.setNoDelay(true);
	const slots = new Slots(CHANNELS);
	return {
		execute: (command, how) => slots.use(how.signal, () => runOn(client, lost.promise, settings, command, how)),
		forward: (host, port) =>
			Promise.race([
				lost.promise,
				new Promise<Duplex>((resolve, reject) =>
					client.forwardOut("127.0.0.1", 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream))),
				),
			]),
		// At once: over a dead link a polite end never comes.
		close: () => client.destroy(),
	};
}

async function handshake(
	client: Client,
	settings: SshSettings,
	{ keyring, questions, through }: SshOptions,
	end: (error: unknown) => void,
): Promise<void> {
	const patience = connectTimer(() => end(new Error("Timed out while waiting for an answer")));
	const asked: Questions = {
		acceptsHostKey: (host, key) => patience.pausedWhile(questions.acceptsHostKey(host, key)),
		passphrase: (file, attempt) => patience.pausedWhile(questions.passphrase(file, attempt)),
	};
	const hostKey = hostKeyCheck(settings, asked);
	const keys: Keyring = { open: (file) => patience.pausedWhile(keyring.open(file)) };
	const authHandler = await authentication(settings, keys, end);
	const ready = new Promise<void>((resolve) => client.once("ready", resolve));
	client.connect({
		host: settings.hostname,
		port: settings.port,
		username: settings.user,
		...(through && { sock: through }),
		...(settings.forwardsAgent && settings.agent !== null && { agent: settings.agent, agentForward: true }),
		...KEEPALIVE,
		readyTimeout: 0,
		authHandler,
		algorithms: { serverHostKey: hostKeyAlgorithms(hostKey.types) },
		hostVerifier: (blob: Buffer, answer: (isRight: boolean) => void) => {
			hostKey.verify(blob).then(
				() => answer(true),
				(error: unknown) => {
					end(error);
					answer(false);
				},
			);
		},
	});
	try {
		await ready;
	} finally {
		patience.end();
	}
}

const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
	"ssh-ed25519",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"rsa-sha2-512",
	"rsa-sha2-256",
];

/** Those of keys on record first, then the others. */
function hostKeyAlgorithms(recorded: readonly string[]): ServerHostKeyAlgorithm[] {
	const isRecorded = (algorithm: string) => recorded.includes(algorithm.replace(/^rsa-sha2-\d+$/, "ssh-rsa"));
	return HOST_KEYS.toSorted((a, b) => Number(isRecorded(b)) - Number(isRecorded(a)));
}

/** Counts only the time in which the host, not a person, lets us wait. */
function connectTimer(expire: () => void): { pausedWhile<T>(answer: Promise<T>): Promise<T>; end(): void } {
	let timer = setTimeout(expire, CONNECT_MS);
	return {
		async pausedWhile(answer) {
			clearTimeout(timer);
			try {
				return await answer;
			} finally {
				timer = setTimeout(expire, CONNECT_MS);
			}
		},
		end: () => clearTimeout(timer),
	};
}

async function runOn(
	client: Client,
	lost: Promise<never>,
	settings: SshSettings,
	command: string,
	{ input, onOutput, timeoutMs = DEFAULT_TIMEOUT_MS, signal }: ExecuteOptions,
): Promise<Executed> {
	let channel: ClientChannel | null = null;
	const stopped = Promise.withResolvers<never>();
	stopped.promise.catch(() => {});
	const abort = (): void => stopped.reject(signal.reason);
	signal.addEventListener("abort", abort, { once: true });
	const late = new AssayError("host", `${settings.alias}: no answer within ${timeoutMs} ms`);
	const timer = timeoutMs === null ? null : setTimeout(() => stopped.reject(late), timeoutMs);
	const run = (): Promise<Executed> =>
		new Promise((resolve, reject) => {
			client.exec(command, (error, opened) => {
				if (error) reject(error);
				else {
					channel = opened;
					// All at once: what it sends may lie behind the answer in the same packet.
					resolve(endOf(opened, input ?? [], onOutput));
				}
			});
		});
	try {
		return await Promise.race([run(), lost, stopped.promise]);
	} catch (error) {
		closeQuietly(channel);
		if (error instanceof AssayError || signal.aborted) throw error;
		throw new LinkLost(`${settings.alias}: ${(error as Error).message}`, { cause: error, isPassing: true });
	} finally {
		if (timer !== null) clearTimeout(timer);
		signal.removeEventListener("abort", abort);
	}
}

async function endOf(
	channel: ClientChannel,
	input: NonNullable<ExecuteOptions["input"]>,
	onOutput: ExecuteOptions["onOutput"],
): Promise<Executed> {
	const chunks: Buffer[] = [];
	let code: number | null = null;
	const closed = new Promise<void>((resolve) => channel.on("close", () => resolve()));
	channel.on("exit", (status: number | null) => {
		code = status;
	});
	channel.on("data", onOutput ?? ((bytes: Buffer) => chunks.push(bytes)));
	const stderr = boundedTail(channel.stderr);
	// A command that does not read its input to the end is no failure of ours.
	await Promise.all([closed, pipeline(Readable.from(input), channel).catch(() => {})]);
	return { code, stdout: Buffer.concat(chunks), stderr: stderr() };
}

function closeQuietly(channel: ClientChannel | null): void {
	channel?.on("error", () => {});
	channel?.close();
}
