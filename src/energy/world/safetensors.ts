import { open } from "node:fs/promises";
import { z } from "zod";
import { AssayError } from "../../lib/errors.js";
import { parseAt } from "../../lib/schema.js";

const Header = z.record(
	z.string(),
	z.union([
		z.strictObject({
			dtype: z.string(),
			shape: z.array(z.int().nonnegative()),
			data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
		}),
		z.record(z.string(), z.string()),
	]),
);

export interface StoredTensor {
	name: string;
	/** As the file says: F32, F16, BF16, I64, ... */
	dtype: string;
	shape: number[];
	/** null: no floating-point numbers. */
	values: Float32Array | null;
}

const MOST_HEADER_BYTES = 16 << 20;

/** One tensor after the other. Throws `usage` for what is no safetensors file. */
export async function* readSafetensors(path: string): AsyncGenerator<StoredTensor> {
	const file = await open(path, "r");
	try {
		const read = async (from: number, length: number): Promise<Buffer> => {
			const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, from);
			if (bytesRead < length) throw new AssayError("usage", `${path}: is cut: no safetensors file`);
			return buffer;
		};
		const length = Number((await read(0, 8)).readBigUInt64LE());
		if (length > MOST_HEADER_BYTES) throw new AssayError("usage", `${path}: is no safetensors file`);
		const header = parseAt(Header, headerOf((await read(8, length)).toString("utf8"), path), path);
		for (const [name, entry] of Object.entries(header)) {
			if (name === "__metadata__" || !Array.isArray(entry.data_offsets)) continue;
			const { dtype, shape, data_offsets } = entry;
			if (!Array.isArray(shape) || typeof dtype !== "string") continue;
			const [from, to] = data_offsets;
			yield { name, dtype, shape, values: floatsOf(dtype, await read(8 + length + from, to - from)) };
		}
	} finally {
		await file.close();
	}
}

function headerOf(text: string, path: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new AssayError("usage", `${path}: is no safetensors file`, { cause });
	}
}

function floatsOf(dtype: string, bytes: Buffer): Float32Array | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const each = (size: number, of: (at: number) => number): Float32Array =>
		Float32Array.from({ length: bytes.length / size }, (_, i) => of(i * size));
	switch (dtype) {
		case "F64":
			return each(8, (at) => view.getFloat64(at, true));
		case "F32":
			return each(4, (at) => view.getFloat32(at, true));
		case "F16":
			return each(2, (at) => halfOf(view.getUint16(at, true)));
		case "BF16": {
			const wide = new DataView(new ArrayBuffer(4));
			return each(2, (at) => {
				wide.setUint32(0, view.getUint16(at, true) << 16);
				return wide.getFloat32(0);
			});
		}
		default:
			return null;
	}
}

/** IEEE 754 binary16. */
function halfOf(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >> 10) & 31;
	const fraction = bits & 1023;
	if (exponent === 0) return sign * fraction * 2 ** -24;
	if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
	return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
