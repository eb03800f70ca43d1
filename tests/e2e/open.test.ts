import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Session, startSession } from "./session.js";

const program = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "assay-open-"));
const tasks = join(folder, "tasks.jsonl");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Says what it got, what the terminal does with lines, that Ctrl-C does not end it, and what it reads. */
const EDITOR = `
import signal, sys, termios
signal.signal(signal.SIGINT, lambda *_: print("still here", flush=True))
cooked = termios.tcgetattr(0)[3] & termios.ICANON and termios.tcgetattr(0)[3] & termios.ECHO
print("editing", *sys.argv[1:], "cooked" if cooked else "raw", flush=True)
print("the editor got", sys.stdin.readline(), flush=True)
`;

const sessions: Session[] = [];
afterEach(() => {
	for (const session of sessions.splice(0)) session.kill();
});

const newWorkspace = () => mkdtempSync(join(folder, "workspace-"));

function start(
	env: Record<string, string> = {},
	words: readonly string[] = [],
	workspace: string = newWorkspace(),
): Session {
	const session = startSession({ words: ["open", "--workspace", workspace, "--tasks", tasks, ...words], env });
	sessions.push(session);
	return session;
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
		await second.until(/recorded {2}(noop|onnx)/);
		await second.until("Small/1");
		second.send({ keys: "\x1b" });
		await second.until("▸ Small/1");
		second.send({ keys: "q" });
		expect(await second.exited).toBe(0);
	});

	test("lends the terminal to an editor and has it again when that ends, also after Ctrl-C", async () => {
		const editor = join(folder, "editor.py");
		writeFileSync(editor, EDITOR);
		const session = start({ VISUAL: `python3 '${editor}' --wait`, EDITOR: "false" });
		await session.until("▸ Small/0");
		session.send({ keys: "e" });
		await session.until(/editing --wait \S*tasks.jsonl cooked/);
		expect(session.isAlternate()).toBe(false);
		session.send({ keys: "\x03" });
		await session.until("still here");
		session.send({ size: [100, 30] });
		session.send({ keys: "jq\n" });
		// It is on the terminal for a moment only.
		await session.wrote(/the editor got jq/);
		await session.until("▸ Small/0");
		expect(session.isAlternate()).toBe(true);
		await session.until("$ python3");
		expect(await session.text()).not.toContain("ended by");
		session.send({ keys: "j" });
		await session.until("▸ Small/1");
		session.send({ keys: "Q" });
		expect(await session.exited).toBe(0);
	});

	test("an editor that is not there is told by its name, and the screen is there again", async () => {
		const session = start({ VISUAL: "no-such-editor" });
		await session.until("▸ Small/0");
		session.send({ keys: "e" });
		await session.until("warning: no-such-editor: no such program");
		session.send({ keys: "j" });
		await session.until("▸ Small/1");
		session.send({ keys: "q" });
		expect(await session.exited).toBe(0);
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
