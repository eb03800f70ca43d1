import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AssayError } from "../lib/errors.js";
import type { Link } from "./link.js";

export interface ForwardOptions {
	open: (signal: AbortSignal) => Promise<Link>;
	/** As the host sees it; asked anew over each link. */
	target: (link: Link) => Promise<{ address: string; port: number }>;
	/** Here; 0: any that is free. */
	localPort: number;
	signal: AbortSignal;
}

export interface ForwardedPort {
	port: number;
	close(): void;
}

/** Leads connections to a port of this machine, from this machine alone, to one that a host reaches; over another link when one is lost. */
export async function forwardPort({ open, target, localPort, signal }: ForwardOptions): Promise<ForwardedPort> {
	let way: Promise<{ link: Link; address: string; port: number }> | null = null;
	const sockets = new Set<Socket>();
	const makeWay = async () => {
		const link = await open(signal);
		try {
			return { link, ...(await target(link)) };
		} catch (error) {
			link.close();
			throw error;
		}
	};
	const through = async (): Promise<Duplex> => {
		const current = way ?? makeWay();
		way = current;
		const { link, address, port } = await current.catch((error: unknown) => {
			if (way === current) way = null;
			throw error;
		});
		return await link.forward(address, port).catch((error: unknown) => {
			if (way === current) way = null;
			link.close();
			throw error;
		});
	};
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
		socket.on("error", () => {});
		// The link may have been lost since it was last used.
		through()
			.catch(through)
			.then((stream) => Promise.all([pipeline(socket, stream), pipeline(stream, socket)]))
			.catch(() => socket.destroy());
	});
	server.listen(localPort, "127.0.0.1");
	try {
		await once(server, "listening", { signal });
	} catch (cause) {
		server.close();
		signal.throwIfAborted();
		throw new AssayError("usage", `port ${localPort} of this machine is taken`, { hint: "give another one", cause });
	}
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
	return {
		port: address.port,
		close() {
			server.close();
			for (const socket of sockets) socket.destroy();
			way?.then(({ link }) => link.close()).catch(() => {});
		},
	};
}
