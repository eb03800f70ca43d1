import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { runCommand } from "../../../commands/main.js";
import { writeFileAtomic } from "../../../src/lib/atomic-file.js";
import { ADD, fileWith, folderWith, jsonLines, yamlTask } from "./files.js";

const GOOD = jsonLines(ADD);
const SAMPLE = jsonLines({ task_id: "add", solution: ADD.reference });
const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452fffe", "hex");
const PIPE = Symbol("a named pipe");
const BROKEN_LINK = Symbol("a link to nothing");
type Content = string | Uint8Array | typeof PIPE | typeof BROKEN_LINK;

/** One line, a hint at most, exit 2, nothing on stdout; returns the line. */
async function refused(...argv: string[]): Promise<string> {
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	const { signal } = new AbortController();
	const code = await runCommand(argv, { stdout, stderr, signal, env: {}, cwd: "/nowhere" });
	const [line = "", ...more] = String(stderr.read() ?? "")
		.trimEnd()
		.split("\n");
	expect({ code, stdout: stdout.read(), line }).toEqual({ code: 2, stdout: null, line });
	expect(line).toMatch(/^assay: /);
	expect(more.length).toBeLessThanOrEqual(1);
	for (const hint of more) expect(hint).toMatch(/^ {2}\S/);
	return line;
}

function put(name: string, content: Content): string {
	if (typeof content !== "symbol") return fileWith(name, content);
	const path = join(folderWith(), name);
	mkdirSync(dirname(path), { recursive: true });
	if (content === PIPE) execFileSync("mkfifo", [path]);
	else symlinkSync("nothing", path);
	return path;
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");
const aliases = "bcdefghij".replace(
	/./g,
	(name, at: number) => `${name}: &${name} [${`*${"abcdefghij"[at]},`.repeat(9)}]\n`,
);

test.each<[string, string, Content, RegExp]>([
	["broken YAML", "t.yaml", "id: [1\nb: }", /t.yaml:\d: not valid YAML: /],
	["an alias bomb", "t.yaml", `a: &a [x,x,x,x,x,x,x,x,x]\n${aliases}`, /t.yaml:1: not valid YAML: Excessive alias/],
	["an alias of nothing", "t.yaml", "id: *a\n", /t.yaml:1: not valid YAML: Unresolved alias/],
	["tabs", "t.yaml", "id: a\nb:\n\tc: d\n", /t.yaml:3: not valid YAML: Tabs/],
	["a key that is there twice", "t.yaml", "id: a\nid: b\n", /t.yaml:2: not valid YAML: Map keys must be unique/],
	["two documents", "t.yaml", "id: a\n---\nid: b\n", /t.yaml:2: not valid YAML: more than one document/],
	["a tag of another language", "t.yaml", "id: !!python/object:os.x y\n", /t.yaml:1: not valid YAML: Unresolved tag/],
	["brackets without end", "t.yaml", "[".repeat(5000), /t.yaml:1: not valid YAML: nested too deeply/],
	["an empty YAML file", "t.yaml", "", /t.yaml:1: expected object/],
	["another encoding", "t.yaml", Buffer.from(`${yamlTask()}title: caf\xe9\n`, "latin1"), /t.yaml:\d+: not UTF-8 text/],
	["UTF-16", "t.yaml", utf16(yamlTask()), /t.yaml:1: not UTF-8 text/],
	["a picture", "t.yaml", PNG, /t.yaml:1: not UTF-8 text/],
	["a pipe", "t.yaml", PIPE, /t.yaml: is neither a file nor a folder/],
	["a link to nothing", "t.yaml", BROKEN_LINK, /t.yaml: no such file or folder/],
	["a pipe among the files of a folder", "set/t.yaml", PIPE, /t.yaml: is neither a file nor a folder/],
	["an empty file", "t.jsonl", "", /t.jsonl: holds no task/],
	["a cut line", "t.jsonl", GOOD + GOOD.slice(0, 50), /t.jsonl:2: not valid JSON/],
	["indented JSON", "t.jsonl", JSON.stringify(ADD, null, 1), /t.jsonl:1: not valid JSON/],
	["a list", "t.jsonl", `[${JSON.stringify(ADD)}]\n`, /t.jsonl:1: an array; one task a line/],
	["UTF-16 lines", "t.jsonl", utf16(GOOD), /t.jsonl:1: not UTF-8 text/],
	["NULs", "t.jsonl", "\0\0\0\n", /t.jsonl:1: not valid JSON/],
	["a cut gzip", "t.jsonl.gz", gzipSync(GOOD).subarray(0, 60), /t.jsonl.gz:1: cannot be read: the gzip data is cut/],
	["gzip of nothing", "t.jsonl.gz", gzipSync(""), /t.jsonl.gz: holds no task/],
	["gzip that is none", "t.jsonl.gz", Buffer.from([0x1f, 0x8b, 9, 9, 9, 9]), /t.jsonl.gz:1: cannot be read: /],
	["an unknown field", "t.jsonl", jsonLines({ ...ADD, colour: 1 }), /t.jsonl:1: field colour: unknown field/],
	["one id twice", "t.jsonl", GOOD + GOOD, /t.jsonl:2: field id: "add" is already used at .*t.jsonl:1$/],
	...["a\nb", "\u001b[2J", "x".repeat(500), " a", "a\u202eb", "\ud800", ""].map(
		(id): [string, string, Content, RegExp] => [
			`the id ${JSON.stringify(id).slice(0, 20)}`,
			"t.jsonl",
			jsonLines({ ...ADD, id }),
			/t.jsonl:1: field id: expected /,
		],
	),
	...Object.keys(ADD).map((field): [string, string, Content, RegExp] => [
		`a number for ${field}`,
		"t.jsonl",
		jsonLines({ ...ADD, [field]: 7 }),
		new RegExp(`t.jsonl:1: field ${field}: `),
	]),
])("tasks: %s", async (_name, file, content, message) => {
	const path = put(file, content);
	expect(await refused("tasks", "list", file.startsWith("set/") ? dirname(path) : path)).toMatch(message);
});

test.each<[string, string, Content, RegExp]>([
	["an empty file", "s.jsonl", "", /s.jsonl: holds no sample/],
	["a cut line", "s.jsonl", `${SAMPLE}{"task_id": "ad`, /s.jsonl:2: not valid JSON/],
	["another encoding", "s.jsonl", Buffer.from(`${SAMPLE}{"task_id":"\xe9"}`, "latin1"), /s.jsonl:2: not UTF-8 text/],
	["an unknown task", "s.jsonl", SAMPLE + jsonLines({ task_id: "x", solution: "" }), /s.jsonl:2: field task_id: /],
	["a pipe", "s.jsonl", PIPE, /s.jsonl: is neither a file nor a folder/],
	[
		"a negative index",
		"s.jsonl",
		jsonLines({ task_id: "add", solution: "", sample_index: -1 }),
		/:1: field sample_index/,
	],
	["a link to nothing in a folder", "s/add.py", BROKEN_LINK, /add.py: no such file or folder/],
	["a pipe in a folder", "s/add.py", PIPE, /add.py: is neither a file nor a folder/],
	["an unknown task in a folder", "s/other.py", "x", /other.py: field task_id: /],
	["a program in another encoding", "s/add.py", Buffer.from("# caf\xe9\n", "latin1"), /add.py:1: not UTF-8 text/],
])("samples: %s; nothing is recorded", async (_name, file, content, message) => {
	const path = put(file, content);
	const workspace = folderWith();
	const samples = file.startsWith("s/") ? dirname(path) : path;
	for (const argv of [
		["verify", fileWith("t.jsonl", GOOD), samples],
		["run", fileWith("t.jsonl", GOOD), "--samples", samples],
	]) {
		expect(await refused(...argv, "--sandbox", "rlimit", "--workers", "1", "--workspace", workspace)).toMatch(message);
	}
	expect(readdirSync(join(workspace, "artifacts", "plans"))).toEqual([]);
});

test.each<[string, Record<string, string>, RegExp]>([
	["none", {}, /index.yaml: no such file or folder/],
	["an empty one", { "c/index.yaml": "" }, /index.yaml:1: expected array/],
	[
		"a file that is not there",
		{ "c/index.yaml": "- {file: a.py, expect: accepted}" },
		/:1: field 0.file: no such file/,
	],
	["a path out of the folder", { "c/index.yaml": "- {file: ../../a.py, expect: accepted}" }, /:1: field 0.file: path /],
	["an unknown verdict", { "c/index.yaml": "- {file: a.py, expect: right}", "c/a.py": "" }, /:1: field 0.expect: /],
	[
		"a file named twice",
		{ "c/index.yaml": "- {file: a.py, expect: accepted}\n- {file: a.py, expect: accepted}", "c/a.py": "" },
		/:2: field 1.file: "a.py" is named twice/,
	],
])("recorded candidates: an index.yaml with %s", async (_name, files, message) => {
	const folder = folderWith({ "t.yaml": yamlTask({ candidates: "c" }), "c/x": "", ...files });
	const workspace = folderWith();
	const options = ["--sandbox", "rlimit", "--workers", "1", "--workspace", workspace];
	expect(await refused("run", join(folder, "t.yaml"), ...options)).toMatch(message);
});

test.each([
	[["run", "TASKS", "--out", ""], /--out "": names no file/],
	[["run", "TASKS", "--out", "-"], /--out -: only `assay verify`/],
	[["run", "TASKS", "--out", "FOLDER"], /--out .*: is a folder/],
	[["run", "TASKS", "--out", "PIPE"], /--out .*: is no ordinary file/],
	[["verify", "TASKS", "reference", "--out", "PIPE"], /--out .*: is no ordinary file/],
	[["tasks", "import", "TASKS", "--out", "PIPE"], /--out .*: is no ordinary file/],
	[["tasks", "split", "TASKS", "--out", "FOLDER/no/x"], /--out .*: its folder does not exist/],
	[["tasks", "list", "TASKS", "--out", "x"], /unknown option '--out'/],
	[["run", "TASKS", "--workspace", "TASKS"], /workspace .* cannot hold artifacts: .* is not a folder/],
	[["eval", "", "--workspace", "FOLDER"], /"": an empty run id/],
	[["runs", "show", "../../etc", "--workspace", "FOLDER"], /no run is called/],
	[["help", "nothing"], /no command is called "nothing"/],
	[["help", "runs", "nothing"], /no command is called "nothing"/],
	[["runs", "help", "nothing"], /no command is called "nothing"/],
	[["artifacts", "reindex", "--workspace", "FOLDER/no"], /artifacts: no such folder/],
])("assay %j is refused before anything is done", async (words, message) => {
	const folder = folderWith();
	const names: Record<string, string> = { TASKS: fileWith("t.jsonl", GOOD), FOLDER: folder, PIPE: put("pipe", PIPE) };
	const argv = words.map((word) => word.replace(/^[A-Z]+/, (name) => names[name] ?? name));
	expect(await refused(...argv)).toMatch(message);
	expect(readdirSync(folder)).toEqual([]);
});

test("byte order mark, CRLF and a last line without its end are read", async () => {
	const text = `\ufeff${GOOD.replaceAll("\n", "\r\n")}${JSON.stringify({ ...ADD, id: "b" })}`;
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	const surroundings = { stdout, stderr, signal: new AbortController().signal, env: {}, cwd: "/" };
	expect(await runCommand(["tasks", "list", fileWith("t.jsonl", text), "--json"], surroundings)).toBe(0);
	expect(String(stdout.read()).trim().split("\n")).toHaveLength(2);
	const gzipped = fileWith("t.yaml.gz", gzipSync(`\ufeff${yamlTask()}`));
	expect(await runCommand(["tasks", "list", gzipped, "--json"], surroundings)).toBe(0);
});

test("a program that writes a file whole never replaces something that is no file", () => {
	const path = put("pipe", PIPE);
	expect(() => writeFileAtomic(path, "x")).toThrow(`${path}: is no ordinary file`);
	const link = join(folderWith({ "real.txt": "old" }), "link.txt");
	symlinkSync("real.txt", link);
	writeFileAtomic(link, "new");
	expect(readFileSync(join(dirname(link), "real.txt"), "utf8")).toBe("new");
});
