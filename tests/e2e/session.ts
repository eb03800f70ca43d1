import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import xterm from "@xterm/headless";

const DEADLINE_MS = 30_000;
const program = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const driver = fileURLToPath(new URL("./on_terminal.py", import.meta.url));

/** How the program ended, and the terminal's own modes (what stty shows) before it began and after its end. */
interface End {
	exit: number;
	before: unknown;
	modes: unknown;
	/** Processes that it had started and that had not ended with it. */
	left: number[];
}

export interface Session {
	send(command: { keys?: string; size?: [number, number]; signal?: string; hangup?: true }): void;
	lines(): Promise<string[]>;
	text(): Promise<string>;
	until(what: string | RegExp): Promise<string>;
	/** Waits for output, whatever is on the screen. */
	wrote(pattern: RegExp): Promise<void>;
	/** Resolves once nothing has been written for some frames. */
	quiet(): Promise<void>;
	/** The terminal's modes when the program was stopped for the nth time, from 1. */
	stopped(count: number): Promise<unknown>;
	ended: Promise<End>;
	exited: Promise<number>;
	isAlternate(): boolean;
	/** Switches that the program changed and did not change back. */
	changedModes(): string[];
	written(): string;
	kill(): void;
}

export interface SessionOptions {
	words: readonly string[];
	/** What is run with the words; without it the program. */
	command?: readonly string[];
	env?: Record<string, string>;
	columns?: number;
	rows?: number;
}

/** The real program on a real terminal, with an emulator that shows what it writes. */
export function startSession(options: SessionOptions): Session {
	const { columns = 80, rows = 24 } = options;
	const { CI: _ci, NO_COLOR: _none, FORCE_COLOR: _force, COLORTERM: _term, ...inherited } = process.env;
	const argv = [
		driver,
		String(columns),
		String(rows),
		...(options.command ?? [process.execPath, program]),
		...options.words,
	];
	const child = spawn("python3", argv, {
		env: { ...inherited, TERM: "xterm-256color", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", ...options.env },
	});
	const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
	let out = "";
	let errors = "";
	child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
		out += chunk;
		terminal.write(chunk);
	});
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
		errors += chunk;
	});
	const reports = () =>
		errors
			.split("\n")
			.filter((line) => line.startsWith("{"))
			.map((line) => JSON.parse(line) as Partial<End> & { stopped?: unknown });
	const settled = () => new Promise<void>((done) => terminal.write("", done));
	const ended = closed(child).then(async () => {
		await settled();
		const end = reports().at(-1);
		if (end?.exit === undefined) throw new Error(`the terminal's driver failed: ${errors}`);
		return end as End;
	});
	// Whoever needs it waits for it; a test that fails before has said why already.
	ended.catch(() => {});
	const exited = ended.then(({ exit }) => exit);
	exited.catch(() => {});
	const lines = async () => {
		await settled();
		const { active } = terminal.buffer;
		return Array.from(
			{ length: terminal.rows },
			(_, y) =>
				active
					.getLine(active.viewportY + y)
					?.translateToString(true)
					.trimEnd() ?? "",
		);
	};
	const text = async () => (await lines()).join("\n");
	async function soon<T>(look: () => Promise<T | null> | T | null, what: () => Promise<string> | string): Promise<T> {
		const deadline = performance.now() + DEADLINE_MS;
		for (;;) {
			const found = await look();
			if (found !== null) return found;
			if (performance.now() > deadline) throw new Error(`${await what()}\n${errors}`);
			await new Promise((next) => setTimeout(next, 5));
		}
	}
	return {
		send(command) {
			if (command.size) terminal.resize(...command.size);
			child.stdin.write(`${JSON.stringify(command)}\n`);
		},
		lines,
		text,
		until: (what) =>
			soon(
				async () => {
					const shown = await text();
					return (typeof what === "string" ? shown.includes(what) : what.test(shown)) ? shown : null;
				},
				async () => `"${what}" never came:\n${await text()}`,
			),
		async wrote(pattern) {
			await soon(
				() => (pattern.test(out) ? true : null),
				() => `${pattern} was never written; at last: ${JSON.stringify(out.slice(-2000))}`,
			);
		},
		async quiet() {
			let length = -1;
			let since = performance.now();
			await soon(
				() => {
					if (out.length !== length) since = performance.now();
					length = out.length;
					return performance.now() - since > 150 ? true : null;
				},
				() => "it never stopped writing",
			);
		},
		stopped: (count) =>
			soon(
				() => reports().filter((report) => "stopped" in report)[count - 1]?.stopped ?? null,
				() => `it was not stopped ${count} times`,
			),
		ended,
		exited,
		isAlternate: () => terminal.buffer.active.type === "alternate",
		changedModes: () => changedModes(out),
		written: () => out,
		kill: () => void child.kill("SIGTERM"),
	};
}

function closed(child: ChildProcessWithoutNullStreams): Promise<void> {
	return new Promise((resolve) => child.on("close", () => resolve()));
}

/** On before any program starts. */
const ON_AT_FIRST = new Set(["7", "25"]);

/** Private modes (DECSET) whose last switch in `out` is not what it was at first. */
function changedModes(out: string): string[] {
	const last = new Map<string, boolean>();
	for (const [, numbers = "", how] of out.matchAll(/\x1b\[\?([0-9;]+)([hl])/g))
		for (const number of numbers.split(";")) last.set(number, how === "h");
	return [...last].filter(([number, isOn]) => isOn !== ON_AT_FIRST.has(number)).map(([number]) => number);
}
