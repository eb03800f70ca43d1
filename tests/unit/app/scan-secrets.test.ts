import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { create } from "tar";
import { expect, test } from "vitest";
import { loadSecretSearch } from "../../../src/artifacts/secret-rules.js";
import { assay, jsonLines, recordRun } from "./assay-command.js";
import { temporaryFolder } from "./run-fixtures.js";

/** Letters and digits as a key has them; put together here, so that no file of the project holds one. */
function drawn(length: number, seed = "k"): string {
	let text = "";
	while (text.length < length) text += createHash("sha256").update(`${seed}${text.length}`).digest("base64url");
	return text.replaceAll(/[-_]/g, "x").slice(0, length);
}

const PEM = [
	"-----BEGIN RSA PRIVATE",
	" KEY-----\n",
	`${drawn(64)}\n${drawn(64, "b")}\n`,
	"-----END RSA PRIVATE",
	" KEY-----",
];
const KEY = PEM.join("");
const PLANTED: Record<string, string> = {
	"api-key": `sk-${drawn(40)}`,
	github: `ghp_${drawn(36)}`,
	"slack-token": `xoxb-${"1".repeat(12)}-${drawn(24)}`,
	"aws-access-key": `AKIA${drawn(16).toUpperCase()}`,
	"google-key": `AIza${drawn(35)}`,
	"huggingface-token": `hf_${drawn(34)}`,
	jwt: `eyJ${drawn(30)}.eyJ${drawn(60)}.${drawn(43)}`,
	bearer: `Authorization: Bearer ${drawn(40)}`,
	"assigned-secret": `password = "${drawn(24)}"`,
	"private-key": KEY,
	basicauth: `https://someone:${drawn(12)}@example.com/path`,
	"home-folder": "/home/rosalind/work",
	"host-name": "gpu-node-7.cluster.internal",
};

async function scan(workspace: string, ...argv: string[]) {
	const { code, stdout } = await assay(workspace, ["artifacts", "scan", "--json", ...argv]);
	const lines = jsonLines(stdout);
	return { code, findings: lines.slice(0, -1), sums: lines.at(-1), stdout };
}

test.each(Object.entries(PLANTED))(
	"a planted %s is found with file and line, and is printed nowhere",
	async (rule, text) => {
		const folder = temporaryFolder();
		const log = join(folder, "train.log");
		writeFileSync(log, `{"step":1}\n{"step":2}\nat ${text} done\n{"step":3}\n`);
		const { code, findings, stdout } = await scan(folder, log);
		expect(code).toBe(1);
		expect(findings).toMatchObject([{ path: "train.log", line: 3 }]);
		const isUnderAnotherName =
			rule === "github" || rule === "huggingface-token" || rule === "slack-token" || rule === "private-key";
		if (!isUnderAnotherName) expect(findings[0].rule).toContain(rule);
		for (const part of text.split(/[\s"/:@=]+/).filter((word) => word.length > 11)) expect(stdout).not.toContain(part);
		const people = await assay(folder, ["artifacts", "scan", log]);
		expect(people.stdout).toMatch(/^train\.log:3:\d+: (secret|identity) [\w-]+: \[[\w-]+, \d+ characters\]\n$/);
	},
);

test("names of this machine are found where they stand", async () => {
	const search = await loadSecretSearch({ home: "/srv/rosalind", host: "lab7" });
	const text = "made in /srv/rosalind/x on lab7, not in /srv/rosalinde on lab77";
	const found = (await search(text)).map(({ rule, start, end }) => [rule, text.slice(start, end)]);
	expect(found).toEqual([
		["home-folder", "/srv/rosalind"],
		["host-name", "lab7"],
	]);
});

test("a text cannot switch the scan off", async () => {
	const folder = temporaryFolder();
	const path = join(folder, "candidate.py");
	writeFileSync(path, `# secretlint-disable\nkey = "ghp_${drawn(36)}"\n`);
	expect(await scan(folder, path)).toMatchObject({ code: 1, findings: [{ line: 2 }] });
});

test("code and logs that only sound like secrets are left alone", async () => {
	const folder = temporaryFolder();
	const lines = [
		"token = tokens[index + 1]",
		"password: str = get_password_from_user(prompt)",
		'{"promptTokens":1234567890123456,"codeSha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}',
		"self.local = threading.local()",
		"task-0123456789abcdefghij risk-adjusted-return-of-2024",
		'keyEnv: "OPENROUTER_API_KEY"',
		"assert is_valid_email('a@b.local')",
	];
	writeFileSync(join(folder, "plain.txt"), lines.join("\n"));
	expect(await scan(folder, join(folder, "plain.txt"))).toMatchObject({ code: 0, findings: [] });
	expect((await scan(folder, "fixtures/runs")).code).toBe(0);
	expect((await scan(folder, "fixtures/tasks")).code).toBe(0);
	expect((await scan(folder, "src")).findings).toEqual([]);
});

test("wherever a key lies in a large file, it is found once and on its line", async () => {
	const folder = temporaryFolder();
	const path = join(folder, "big.log");
	const key = `ghp_${drawn(36)}`;
	const line = `${JSON.stringify({ step: 12345, loss: 0.25, text: "x".repeat(170) })}\n`;
	const planted = [5_000, 5_150, 5_165, 9_800, 9_990];
	const text = Array.from({ length: 10_000 }, (_, i) =>
		planted.includes(i) ? `${line.slice(0, 60)} ${key}${i}\n` : line,
	).join("");
	writeFileSync(
		path,
		text.replaceAll(key, () => key.slice(0, 4) + drawn(36, `${Math.random()}`)),
	);
	const { findings } = await scan(folder, path);
	expect(findings.map((found: { line: number }) => found.line)).toEqual(planted.map((i) => i + 1));
	// One line without an end.
	const whole = `${"y".repeat((1 << 20) - 10)} ${key} ${"z".repeat(1 << 20)}`;
	writeFileSync(path, whole);
	expect((await scan(folder, path)).findings).toMatchObject([{ line: 1, column: (1 << 20) - 8, count: 1 }]);
});

test("a redacted copy keeps length and lines, holds nothing that a scan finds, and changes nothing else", async () => {
	const folder = temporaryFolder();
	const all = Object.values(PLANTED).join("\nüñ between\n");
	writeFileSync(join(folder, "all.log"), all);
	const out = join(folder, "public.log");
	await scan(folder, join(folder, "all.log"), "--redact", "--out", out);
	const redacted = readFileSync(out, "utf8");
	expect(Buffer.byteLength(redacted)).toBe(Buffer.byteLength(all));
	expect(redacted.split("\n")).toHaveLength(all.split("\n").length);
	expect(redacted.match(/üñ between/g)).toHaveLength(Object.keys(PLANTED).length - 1);
	expect((await scan(folder, out)).code).toBe(0);
	expect(redacted).not.toContain(drawn(12));
});

test("a run is scanned by its id, and its redacted copy is a folder", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	writeFileSync(files.log, `${readFileSync(files.log, "utf8")}{"key":"ghp_${drawn(36)}"}\n`);
	const out = join(workspace, "public");
	const { code, findings, sums } = await scan(workspace, files.runId, "--redact", "--out", out);
	expect({ code, paths: findings.map(({ path }: { path: string }) => path) }).toEqual({
		code: 1,
		paths: [`logs/${files.runId}.log`],
	});
	expect(sums).toMatchObject({ secrets: 1, binary: 0 });
	expect(existsSync(join(out, "manifests", `${files.runId}.json`))).toBe(true);
	expect((await scan(workspace, out)).code).toBe(0);
});

test("packed files are looked into, and binary ones are counted as not searched", async () => {
	const folder = temporaryFolder();
	const inner = join(folder, "inner");
	mkdirSync(inner);
	writeFileSync(join(inner, "a.log"), `one\nghp_${drawn(36)}\n`);
	await create({ cwd: folder, file: join(folder, "kept.tar.gz"), gzip: true }, ["inner"]);
	writeFileSync(join(folder, "b.log.gz"), gzipSync(`ghp_${drawn(36)}\n`));
	writeFileSync(join(folder, "weights.bin"), Buffer.alloc(100));
	const { findings, sums } = await scan(folder, folder);
	expect(findings.map(({ path, line }: { path: string; line: number }) => [path, line])).toEqual([
		["b.log.gz", 1],
		["inner/a.log", 2],
		["kept.tar.gz!inner/a.log", 2],
	]);
	expect(sums).toMatchObject({ binary: 1 });
});

test("what is asked for wrongly is refused in one line", async () => {
	const folder = temporaryFolder();
	expect(await assay(folder, ["artifacts", "scan", "nowhere"])).toMatchObject({ code: 2 });
	writeFileSync(join(folder, "a.log"), "");
	expect(await assay(folder, ["artifacts", "scan", join(folder, "a.log"), "--redact"])).toMatchObject({ code: 2 });
	const same = ["artifacts", "scan", join(folder, "a.log"), "--redact", "--out", join(folder, "a.log")];
	expect((await assay(folder, same)).stderr).toContain("is what would be redacted");
});
