import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import xterm from "@xterm/headless";

const DRIVER = fileURLToPath(new URL("../tests/bench/terminal_driver.py", import.meta.url));
const HEADER_BYTES = 13;
const DEADLINE_MS = 20_000;

/** Something that happened on the terminal; seconds on one clock. */
export interface TerminalRecord {
	kind: "start" | "output" | "key" | "usage" | "exit";
	at: number;
	payload: Buffer;
}
const KINDS: Readonly<Record<string, TerminalRecord["kind"]>> = {
	s: "start",
	o: "output",
	k: "key",
	u: "usage",
	e: "exit",
};

export interface Usage {
	cpuMs: number;
	childrenCpuMs: number;
	rssBytes: number;
	at: number;
}

export interface TerminalProgram {
	/** Everything so far. */
	readonly records: readonly TerminalRecord[];
	press(keys: string): void;
	signal(name: NodeJS.Signals): void;
	usage(): Promise<Usage>;
	/** Waits until the screen is as wanted; from `rest` on the screen is not followed, so that nothing disturbs. */
	until(accepts: (screen: Screen) => boolean): Promise<void>;
	rest(ms: number): Promise<void>;
	end(): Promise<void>;
}

/** A program on a pseudo-terminal of its own, measured from outside. */
export function startOnTerminal(
	argv: readonly string[],
	options: { columns: number; rows: number; env?: Record<string, string> },
): TerminalProgram {
	const { columns, rows } = options;
	const { CI: _ci, NO_COLOR: _colour, FORCE_COLOR: _force, ...inherited } = process.env;
	const child = spawn("python3", [DRIVER, String(columns), String(rows), ...argv], {
		env: { ...inherited, TERM: "xterm-256color", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", ...options.env },
		stdio: ["pipe", "pipe", "inherit"],
	});
	const records: TerminalRecord[] = [];
	let pending: Buffer = Buffer.alloc(0);
	let arrived: () => void = () => {};
	child.stdout.on("data", (chunk: Buffer) => {
		pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
		while (pending.length >= HEADER_BYTES) {
			const length = pending.readUInt32LE(9);
			if (pending.length < HEADER_BYTES + length) break;
			const kind = KINDS[String.fromCharCode(pending[0] ?? 0)] ?? "output";
			const payload = pending.subarray(HEADER_BYTES, HEADER_BYTES + length);
			records.push({ kind, at: pending.readDoubleLE(1), payload });
			pending = pending.subarray(HEADER_BYTES + length);
		}
		arrived();
	});
	const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
	const send = (order: object) => void child.stdin.write(`${JSON.stringify(order)}\n`);
	const next = () =>
		new Promise<void>((resolve) => {
			arrived = resolve;
			setTimeout(resolve, 200);
		});
	const screen = new Screen(columns, rows);
	let followed = 0;
	let usages = 0;
	return {
		records,
		press: (keys) => send({ keys }),
		signal: (name) => send({ signal: name }),
		async usage() {
			const name = String(usages++);
			send({ usage: name });
			for (;;) {
				const found = records.find(
					({ kind, payload }) => kind === "usage" && JSON.parse(payload.toString()).name === name,
				);
				if (found) return { ...JSON.parse(found.payload.toString()), at: found.at };
				await next();
			}
		},
		async until(accepts) {
			const deadline = performance.now() + DEADLINE_MS;
			for (;;) {
				for (; followed < records.length; followed++) {
					const record = records[followed];
					if (record?.kind === "output") await screen.write(record.payload);
				}
				if (accepts(screen)) return;
				if (performance.now() > deadline || records.at(-1)?.kind === "exit")
					throw new Error(`the screen never got there:\n${screen.text()}`);
				await next();
			}
		},
		rest: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
		async end() {
			send({ signal: "SIGTERM" });
			const timer = setTimeout(() => child.stdin.end(), 3000);
			await closed;
			clearTimeout(timer);
		},
	};
}

/** What a terminal shows after what was written to it. */
export class Screen {
	readonly #terminal: xterm.Terminal;

	constructor(columns: number, rows: number) {
		this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
	}

	write(bytes: Uint8Array): Promise<void> {
		return new Promise((done) => this.#terminal.write(bytes, done));
	}

	lines(): string[] {
		const { active } = this.#terminal.buffer;
		return Array.from(
			{ length: this.#terminal.rows },
			(_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? "",
		);
	}

	text(): string {
		return this.lines().join("\n");
	}
}
