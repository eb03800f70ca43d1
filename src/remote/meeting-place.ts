import { randomBytes } from "node:crypto";
import { type Host, LOCAL_HOST } from "../domain/host.js";
import type { MeetingPlace } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";
import { lastLine } from "../lib/last-line.js";
import type { Link } from "./link.js";
import type { Links } from "./links.js";
import { quote } from "./quote.js";
import { resolveSsh } from "./ssh-config.js";

/** The first that is free is taken. */
export const MEETING_PORTS = { first: 29_500, last: 29_599 };
const CONNECT_S = 10;
/** Python may have to be read from a slow disk. */
const PYTHON_MS = 60_000;

/** Tells which port it took, and whoever connects to it the word that it was given, until its input ends. */
const LISTENER = `import select, socket, sys
def taken():
    for port in range(${MEETING_PORTS.first}, ${MEETING_PORTS.last + 1}):
        try: return port, socket.create_server(("", port))
        except OSError: pass
    sys.exit("no port from ${MEETING_PORTS.first} to ${MEETING_PORTS.last} is free")
port, server = taken()
print(port, flush=True)
while True:
    ready = select.select([server, sys.stdin], [], [])[0]
    if sys.stdin in ready: break
    one, _ = server.accept()
    with one: one.sendall(sys.argv[1].encode())`;

const CALLER = `import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), ${CONNECT_S}) as one:
    print(one.makefile().read())`;

/**
 * Where processes on these hosts can meet: an address of the first, and a port that is free there and that each other host was
 * seen to reach. Throws `host` with the one that does not.
 */
export async function findMeetingPlace(
	links: Links,
	hosts: readonly [Host, ...Host[]],
	sshConfig: string | null,
	signal: AbortSignal,
): Promise<MeetingPlace> {
	const [first, ...others] = hosts;
	const address = await meetingAddress(first, sshConfig, signal);
	const word = randomBytes(16).toString("hex");
	const told = Promise.withResolvers<number>();
	const done = Promise.withResolvers<void>();
	const listening = links.of(0).execute(pythonOn(first, LISTENER, [word]), {
		input: (async function* () {
			await done.promise;
			yield Buffer.alloc(0);
		})(),
		onOutput: (bytes) => told.resolve(Number(bytes.toString())),
		timeoutMs: PYTHON_MS + others.length * CONNECT_S * 1000,
		signal,
	});
	const ended = listening.then(({ stderr }) => {
		throw new AssayError(
			"host",
			`${first.name} cannot be met by other hosts: ${lastLine(stderr) || "it said nothing"}`,
			{
				hint: `\`assay hosts check ${first.name}\` looks at its Python; one of the ports ${MEETING_PORTS.first} to ${MEETING_PORTS.last} has to be free there`,
			},
		);
	});
	ended.catch(() => {});
	try {
		const port = await Promise.race([told.promise, ended]);
		for (const [at, other] of others.entries())
			await refuseUnreached(links.of(at + 1), other, { first, address, port, word }, signal);
		return { address, port };
	} finally {
		done.resolve();
		await listening.catch(() => {});
	}
}

/** Of the first of several hosts, as the others reach it. Throws `usage` where nobody told. */
async function meetingAddress(host: Host, sshConfig: string | null, signal: AbortSignal): Promise<string> {
	if (host.address !== null) return host.address;
	if (host.name !== LOCAL_HOST || host.alias !== null)
		return (await resolveSsh(host.alias ?? host.name, sshConfig, signal)).hostname;
	throw new AssayError("usage", `nobody knows where other hosts reach ${host.name}`, {
		hint: `give it an \`address\` in hosts.yaml, or name another host first`,
	});
}

async function refuseUnreached(
	link: Link,
	other: Host,
	{ first, address, port, word }: MeetingPlace & { first: Host; word: string },
	signal: AbortSignal,
): Promise<void> {
	const command = pythonOn(other, CALLER, [address, String(port)]);
	const { code, stdout, stderr } = await link.execute(command, { timeoutMs: PYTHON_MS, signal });
	if (code === 0 && stdout.toString().trim() === word) return;
	const why = code === 0 ? "another machine answers there" : lastLine(stderr) || "it said nothing";
	throw new AssayError("host", `${other.name} does not reach ${first.name} at ${address}:${port}: ${why}`, {
		hint: `set \`address\` of ${first.name} in hosts.yaml to one that ${other.name} reaches; ports between them have to be open`,
	});
}

function pythonOn({ python, setup }: Host, script: string, words: readonly string[]): string {
	const prepare = setup === null ? "" : `{ ${setup}\n} >/dev/null && `;
	return `${prepare}${[python, "-c", quote(script), ...words.map(quote)].join(" ")}`;
}
