import type { Readable } from "node:stream";

/** A 4-byte little-endian length, then JSON. */
export function encodeFrame(value: unknown): Buffer {
	const text = JSON.stringify(value);
	const size = Buffer.byteLength(text);
	const frame = Buffer.allocUnsafe(4 + size);
	frame.writeUInt32LE(size);
	frame.write(text, 4);
	return frame;
}

/** Calls `onFrame` with each payload; a partial frame waits for its rest. */
export function onFrames(stream: Readable, onFrame: (payload: Buffer) => void): void {
	let pending: Buffer[] = [];
	let bytes = 0;
	let wanted = 4;
	stream.on("data", (chunk: Buffer) => {
		pending.push(chunk);
		bytes += chunk.length;
		if (bytes < wanted) return;
		let buffer = pending.length === 1 ? chunk : Buffer.concat(pending);
		while (buffer.length >= 4) {
			const size = buffer.readUInt32LE(0);
			if (buffer.length < 4 + size) break;
			onFrame(buffer.subarray(4, 4 + size));
			buffer = buffer.subarray(4 + size);
		}
		wanted = buffer.length >= 4 ? 4 + buffer.readUInt32LE(0) : 4;
		pending = buffer.length > 0 ? [buffer] : [];
		bytes = buffer.length;
	});
}
