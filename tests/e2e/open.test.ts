import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import xterm from "@xterm/headless";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

const DEADLINE_MS = 30_000;
const program = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "assay-open-"));
const tasks = join(folder, "tasks.jsonl");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program on a terminal of its own; commands come as lines of JSON, its exit is the last line of stderr. */
const PTY = `
import os, pty, sys, select, fcntl, termios, struct, json, signal
cols, rows = int(sys.argv[1]), int(sys.argv[2])
size = lambda c, r: struct.pack("HHHH", r, c, 0, 0)
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, size(cols, rows))
    os.execvp(sys.argv[3], sys.argv[3:])
pending = b""
inputs = [fd, 0]
while True:
    ready, _, _ = select.select(inputs, [], [])
    if fd in ready:
        try: chunk = os.read(fd, 65536)
        except OSError: chunk = b""
        if not chunk: break
        os.write(1, chunk)
    if 0 in ready:
        chunk = os.read(0, 65536)
        if not chunk: inputs = [fd]
        pending += chunk
        *lines, pending = pending.split(b"\\n")
        for line in lines:
            command = json.loads(line)
            if "keys" in command: os.write(fd, command["keys"].encode())
            if "size" in command: fcntl.ioctl(fd, termios.TIOCSWINSZ, size(*command["size"]))
            if "signal" in command: os.kill(pid, getattr(signal, command["signal"]))
_, status = os.waitpid(pid, 0)
sys.stderr.write(str(os.waitstatus_to_exitcode(status)))
`;

interface Session {
	send(command: object): void;
	text(): Promise<string>;
	until(what: string | RegExp): Promise<string>;
	exited: Promise<number>;
	isAlternate(): boolean;
	written(): string;
	/** Waits for output, whatever is on the screen. */
	wrote(pattern: RegExp): Promise<void>;
}

const children: ChildProcessWithoutNullStreams[] = [];
afterEach(() => {
	for (const child of children.splice(0)) child.kill("SIGKILL");
});

const newWorkspace = () => mkdtempSync(join(folder, "workspace-"));

function start(
	env: Record<string, string> = {},
	words: readonly string[] = [],
	workspace: string = newWorkspace(),
): Session {
	const argv = ["80", "24", process.execPath, program, "open", "--workspace", workspace, "--tasks", tasks, ...words];
	const { CI: _ci, NO_COLOR: _colour, ...inherited } = process.env;
	const child = spawn("python3", ["-c", PTY, ...argv], {
		env: { ...inherited, TERM: "xterm-256color", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", ...env },
	});
	children.push(child);
	const terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
	let out = "";
	let errors = "";
	child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
		out += chunk;
		terminal.write(chunk);
	});
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
		errors += chunk;
	});
	const exited = new Promise<number>((resolve) =>
		child.on("close", () => resolve(Number(errors.trim().split("\n").at(-1)))),
	);
	const text = async () => {
		await new Promise<void>((done) => terminal.write("", done));
		const { active } = terminal.buffer;
		return Array.from(
			{ length: terminal.rows },
			(_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? "",
		).join("\n");
	};
	return {
		send(command) {
			const size = (command as { size?: [number, number] }).size;
			if (size) terminal.resize(...size);
			child.stdin.write(`${JSON.stringify(command)}\n`);
		},
		text,
		async until(what) {
			const deadline = performance.now() + DEADLINE_MS;
			for (;;) {
				const shown = await text();
				if (typeof what === "string" ? shown.includes(what) : what.test(shown)) return shown;
				if (performance.now() > deadline) throw new Error(`"${what}" never came:\n${shown}\n${errors}`);
				await new Promise((next) => setTimeout(next, 5));
			}
		},
		exited,
		isAlternate: () => terminal.buffer.active.type === "alternate",
		written: () => out,
		async wrote(pattern) {
			const deadline = performance.now() + DEADLINE_MS;
			while (!pattern.test(out)) {
				if (performance.now() > deadline) throw new Error(`${pattern} was never written`);
				await new Promise((next) => setTimeout(next, 5));
			}
		},
	};
}

beforeAll(() => {
	const line = (id: string) =>
		JSON.stringify({
			task_id: id,
			prompt: `def ${id.replace("/", "_")}(x):\n    """Return x."""\n`,
			entry_point: id.replace("/", "_"),
			canonical_solution: "    return x\n",
			test: `def check(candidate):\n    assert candidate(1) == 1\n`,
		});
	writeFileSync(tasks, `${line("Small/0")}\n${line("Small/1")}\n`);
});

describe("assay open", () => {
	test("shows the tasks, answers keys, follows the size, and leaves the terminal as it was", async () => {
		const session = start();
		await session.until("Small/0");
		session.send({ keys: "?" });
		await session.until("read the task");
		session.send({ keys: "q" });
		session.send({ size: [120, 40] });
		await session.until("Messages");
		session.send({ size: [50, 10] });
		await session.until("terminal too small");
		session.send({ size: [80, 24] });
		await session.until("▸ Small/0");
		session.send({ keys: "q" });
		expect(await session.exited).toBe(0);
		await session.text();
		expect(session.isAlternate()).toBe(false);
		expect(session.written()).toMatch(/\x1b\[\?7h\x1b\[\?25h\x1b\[\?1049l/);
	});

	test("gives the terminal back when it is told to end", async () => {
		for (const [signal, code] of [
			["SIGTERM", 130],
			["SIGHUP", 130],
		] as const) {
			const session = start();
			await session.until("Small/0");
			session.send({ signal });
			expect(await session.exited).toBe(code);
			await session.text();
			expect(session.isAlternate()).toBe(false);
		}
	});

	test("a suspend that nobody can undo does not leave an empty terminal", async () => {
		const session = start();
		await session.until("Small/1");
		session.send({ keys: "\x1a" });
		// Left and entered again; what is typed in between belongs to the shell.
		await session.wrote(/\x1b\[\?1049l.*\x1b\[\?1049h.*Small/s);
		session.send({ keys: "j" });
		await session.until("▸ Small/1");
		expect(session.isAlternate()).toBe(true);
		session.send({ keys: "q" });
		expect(await session.exited).toBe(0);
	});

	test("a terminal that knows nothing gets ASCII without any style", async () => {
		const session = start({ TERM: "dumb" });
		await session.until("> Small/0");
		session.send({ keys: "q" });
		expect(await session.exited).toBe(0);
		const frames = session.written().replace(/\x1b\[0m/g, "");
		expect(frames).not.toMatch(/\x1b\[[0-9;]*m/);
		expect(frames).not.toMatch(/[^\x00-\x7f]/);
	});

	test("--ascii draws with ASCII where the terminal knows more", async () => {
		const session = start({}, ["--ascii"]);
		await session.until("> Small/0");
		session.send({ keys: "q" });
		expect(await session.exited).toBe(0);
		expect(session.written()).not.toMatch(/[^\x00-\x7f]/);
	});

	test("a run is judged on the screen, copied from, and there again at the next start", async () => {
		const workspace = newWorkspace();
		const first = start({}, [], workspace);
		await first.until("sandbox");
		await first.until("Small/1");
		first.send({ keys: "jr\r" });
		// Its last words come once all of its files are there; they would take the place of what the copy says.
		await first.until(/ run \S+ completed/);
		first.send({ keys: "jy" });
		await first.until("code of Small/1 #1");
		first.send({ keys: "\r" });
		await first.until("copied");
		expect(first.written()).toMatch(/\x1b\]52;c;[A-Za-z0-9+/=]+\x07/);
		first.send({ keys: "Q" });
		expect(await first.exited).toBe(0);
		const second = start({}, [], workspace);
		await second.until("recorded  noop");
		await second.until("Small/1");
		second.send({ keys: "\x1b" });
		await second.until("▸ Small/1");
		second.send({ keys: "q" });
		expect(await second.exited).toBe(0);
	});

	test("works with the compositor switched off", async () => {
		const session = start({ ASSAY_COMPOSITOR: "off" });
		await session.until("Small/1");
		session.send({ keys: "j" });
		await session.until("▸ Small/1");
		session.send({ keys: "q" });
		expect(await session.exited).toBe(0);
	});

	test("without a terminal it says so in a line and names the commands", async () => {
		const child = spawn(process.execPath, [program, "open"], { stdio: ["ignore", "pipe", "pipe"] });
		let errors = "";
		child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
			errors += chunk;
		});
		const code = await new Promise((resolve) => child.on("close", resolve));
		expect(code).toBe(2);
		expect(errors).toContain("needs a terminal");
		expect(errors).toContain("assay tasks list");
		expect(errors).not.toContain("    at ");
	});
});
