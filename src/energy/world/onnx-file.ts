/** What is in an ONNX file that may be run: onnx.proto, read as far as that needs. */
export interface OnnxFile {
	inputs: string[];
	outputs: string[];
	/** Versions of the operator sets, by domain; "" is the standard one. */
	operatorSets: Map<string, number>;
	operators: Set<string>;
}

const STANDARD = new Set(["", "ai.onnx"]);
const EXTERNAL = 1;

/**
 * Reads the graph and all graphs within. Throws RangeError with the reason for what is no ONNX model, keeps weights in other
 * files, or needs operators that are not ONNX's own: those could read files, or run code that nobody vouched for.
 */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
	const file: OnnxFile = { inputs: [], outputs: [], operatorSets: new Map(), operators: new Set() };
	let graphs = 0;
	for (const { number, bytes: part } of fields(bytes)) {
		if (number === 8 && part !== null) {
			const { domain, version } = operatorSet(part);
			file.operatorSets.set(domain, version);
		} else if (number === 25) throw new RangeError("it defines functions of its own");
		else if (number === 20) throw new RangeError("it holds a training graph");
		else if (number === 7 && part !== null) {
			graphs++;
			readGraph(part, file, true);
		}
	}
	if (graphs !== 1) throw new RangeError("it is no ONNX model");
	for (const domain of file.operatorSets.keys()) checkDomain(domain);
	return file;
}

function readGraph(graph: Uint8Array, file: OnnxFile, isOuter: boolean): void {
	for (const { number, bytes } of fields(graph)) {
		if (bytes === null) continue;
		if (number === 1) readNode(bytes, file);
		else if (number === 5) checkTensor(bytes);
		else if (number === 15) for (const part of fields(bytes)) if (part.bytes !== null) checkTensor(part.bytes);
		if (isOuter && number === 11) file.inputs.push(nameOf(bytes));
		if (isOuter && number === 12) file.outputs.push(nameOf(bytes));
	}
}

function readNode(node: Uint8Array, file: OnnxFile): void {
	for (const { number, bytes } of fields(node)) {
		if (bytes === null) continue;
		if (number === 4) file.operators.add(textOf(bytes));
		else if (number === 7) checkDomain(textOf(bytes));
		else if (number === 5) readAttribute(bytes, file);
	}
}

/** t, g, tensors, graphs; sparse ones are made of tensors. */
function readAttribute(attribute: Uint8Array, file: OnnxFile): void {
	for (const { number, bytes } of fields(attribute)) {
		if (bytes === null) continue;
		if (number === 5 || number === 10) checkTensor(bytes);
		else if (number === 6 || number === 11) readGraph(bytes, file, false);
		else if (number === 22 || number === 23)
			for (const part of fields(bytes)) if (part.bytes !== null) checkTensor(part.bytes);
	}
}

function checkTensor(tensor: Uint8Array): void {
	for (const { number, value } of fields(tensor))
		if (number === 13 || (number === 14 && value === EXTERNAL))
			throw new RangeError("it keeps weights in other files (external data)");
}

function checkDomain(domain: string): void {
	if (!STANDARD.has(domain)) throw new RangeError(`it needs operators of the domain ${JSON.stringify(domain)}`);
}

function operatorSet(bytes: Uint8Array): { domain: string; version: number } {
	const set = { domain: "", version: 0 };
	for (const { number, bytes: part, value } of fields(bytes)) {
		if (number === 1 && part !== null) set.domain = textOf(part);
		if (number === 2) set.version = value;
	}
	return set;
}

function nameOf(bytes: Uint8Array): string {
	for (const { number, bytes: part } of fields(bytes)) if (number === 1 && part !== null) return textOf(part);
	return "";
}

const decoder = new TextDecoder();

function textOf(bytes: Uint8Array): string {
	return decoder.decode(bytes);
}

interface Field {
	number: number;
	/** Of a number; 0 for others. */
	value: number;
	/** Of a text, a message, or packed numbers; null for a number. */
	bytes: Uint8Array | null;
}

/** The fields of a message of protocol buffers. Throws RangeError where it ends within one. */
function* fields(message: Uint8Array): Generator<Field> {
	let at = 0;
	const varint = (): number => {
		for (let value = 0, scale = 1; ; scale *= 128) {
			const byte = message[at++];
			if (byte === undefined || scale > 2 ** 63) throw new RangeError("it is no ONNX model");
			value += (byte & 127) * scale;
			if (byte < 128) return value;
		}
	};
	while (at < message.length) {
		const key = varint();
		const number = Math.floor(key / 8);
		const wire = key & 7;
		let [value, bytes]: [number, Uint8Array | null] = [0, null];
		if (wire === 0) value = varint();
		else if (wire === 1) at += 8;
		else if (wire === 5) at += 4;
		else if (wire === 2) {
			const length = varint();
			bytes = message.subarray(at, at + length);
			at += length;
		} else throw new RangeError("it is no ONNX model");
		if (number === 0 || at > message.length) throw new RangeError("it is no ONNX model");
		yield { number, value, bytes };
	}
}
