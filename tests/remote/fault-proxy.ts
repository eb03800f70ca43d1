import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What can happen on the way to a server. */
export interface FaultProxy {
	port: number;
	/** Resets every connection. */
	cut(): void;
	/** Lets nothing through any more, and tells nobody. */
	stall(): void;
	/** Resets whoever comes. */
	refuse(on: boolean): void;
	/** Resets the next connection once the server has sent so many bytes over it. */
	cutAfter(bytes: number): void;
	/** Lets through no more than so many bytes a second of what the server sends. */
	slow(bytesPerSecond: number): void;
	/** Connections that were made. */
	readonly accepted: number;
	close(): Promise<void>;
}

export async function startFaultProxy(target: number): Promise<FaultProxy> {
	const sockets = new Set<Socket>();
	const pairs = new Set<{ down: Socket; up: Socket; isStalled: boolean }>();
	let refuses = false;
	let accepted = 0;
	let cutAt: number | null = null;
	let pace: number | null = null;
	const server = createServer({ allowHalfOpen: true }, (down) => {
		if (refuses) {
			down.resetAndDestroy();
			return;
		}
		accepted++;
		const up = connect({ port: target, host: "127.0.0.1", noDelay: true });
		const pair = { down, up, isStalled: false };
		let left = cutAt;
		cutAt = null;
		pairs.add(pair);
		for (const socket of [down, up]) {
			sockets.add(socket);
			socket.on("close", () => sockets.delete(socket));
		}
		for (const [from, to] of [
			[down, up],
			[up, down],
		] as const) {
			from.on("data", (bytes: Buffer) => {
				if (pair.isStalled || to.destroyed) return;
				to.write(bytes);
				if (from !== up) return;
				if (pace !== null) {
					from.pause();
					setTimeout(() => from.resume(), (bytes.length * 1000) / pace);
				}
				if (left === null) return;
				left -= bytes.length;
				if (left > 0) return;
				down.resetAndDestroy();
				up.resetAndDestroy();
			});
			from.on("end", () => {
				if (!pair.isStalled) to.end();
			});
			from.on("error", () => to.destroy());
			from.on("close", () => pairs.delete(pair));
		}
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
	const cut = () => {
		for (const { down, up } of pairs) {
			down.resetAndDestroy();
			up.resetAndDestroy();
		}
	};
	return {
		port: address.port,
		cut,
		stall() {
			for (const pair of pairs) pair.isStalled = true;
		},
		refuse(on) {
			refuses = on;
		},
		cutAfter(bytes) {
			cutAt = bytes;
		},
		slow(bytesPerSecond) {
			pace = bytesPerSecond;
		},
		get accepted() {
			return accepted;
		},
		async close() {
			const closed = once(server, "close");
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
