import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { applyDiff, DiffRefused } from "../../../src/lib/apply-diff.js";

const FILES: Record<string, string> = {
	"a.txt": "one\ntwo\nthree\nfour\nfive\n",
	"sub/b.txt": "x\ny\nz\n",
	"crlf.txt": "one\r\ntwo\r\nthree\r\n",
	"bare.txt": "one\ntwo",
	"folder/inner.txt": "in\n",
};

function repository(): string {
	const root = mkdtempSync(join(tmpdir(), "assay-diff-"));
	onTestFinished(() => rmSync(root, { recursive: true, force: true }));
	for (const [name, text] of Object.entries(FILES)) {
		mkdirSync(dirname(join(root, name)), { recursive: true });
		writeFileSync(join(root, name), text);
	}
	return root;
}

const read = (root: string, name: string): string => readFileSync(join(root, name), "utf8");
const edit = (name: string, hunk: string): string => `--- a/${name}\n+++ b/${name}\n${hunk}`;
const added = (name: string, text = "new"): string => `--- /dev/null\n+++ b/${name}\n@@ -0,0 +1,1 @@\n+${text}\n`;
const TWO = "@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";

function refusal(root: string, diff: string): string {
	try {
		applyDiff(root, diff);
	} catch (error) {
		if (error instanceof DiffRefused) return error.reason;
		throw error;
	}
	return "applied";
}

/** Every file under the root with its text: nothing may have changed when a diff was refused. */
function contents(root: string, folder = ""): Record<string, string> {
	const found: Record<string, string> = {};
	for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
		const name = join(folder, entry.name);
		if (entry.isDirectory()) Object.assign(found, contents(root, name));
		else if (entry.isFile()) found[name] = read(root, name);
	}
	return found;
}

describe("a diff that fits", () => {
	test("changes lines and reports what it touched", () => {
		const root = repository();
		expect(applyDiff(root, edit("a.txt", TWO))).toEqual({ added: [], touched: ["a.txt"] });
		expect(read(root, "a.txt")).toBe("one\nTWO\nthree\nfour\nfive\n");
	});
	test("adds files in new folders and removes files", () => {
		const root = repository();
		const removal = "--- a/sub/b.txt\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-x\n-y\n-z\n";
		expect(applyDiff(root, added("deep/new/c.txt") + removal)).toEqual({
			added: ["deep/new/c.txt"],
			touched: ["deep/new/c.txt", "sub/b.txt"],
		});
		expect(read(root, "deep/new/c.txt")).toBe("new\n");
		expect(existsSync(join(root, "sub/b.txt"))).toBe(false);
	});
	test("keeps a file without a newline at its end, and can give it one", () => {
		const root = repository();
		applyDiff(root, edit("bare.txt", "@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n\\ No newline at end of file\n"));
		expect(read(root, "bare.txt")).toBe("ONE\ntwo");
		applyDiff(root, edit("bare.txt", "@@ -1,2 +1,2 @@\n ONE\n-two\n\\ No newline at end of file\n+two\n"));
		expect(read(root, "bare.txt")).toBe("ONE\ntwo\n");
	});
	test("keeps Windows line ends", () => {
		const root = repository();
		applyDiff(root, edit("crlf.txt", "@@ -1,3 +1,3 @@\n one\r\n-two\r\n+TWO\r\n three\r\n"));
		expect(read(root, "crlf.txt")).toBe("one\r\nTWO\r\nthree\r\n");
	});
	test("may come with git's own lines and without prefixes", () => {
		const root = repository();
		applyDiff(root, `diff --git a/a.txt b/a.txt\nindex 1234567..89abcde 100644\n${edit("a.txt", TWO)}`);
		expect(read(root, "a.txt")).toContain("TWO");
		applyDiff(root, "--- sub/b.txt\n+++ sub/b.txt\n@@ -1,3 +1,3 @@\n x\n-y\n+Y\n z\n");
		expect(read(root, "sub/b.txt")).toBe("x\nY\nz\n");
	});
	test("that says nothing changes nothing", () => {
		const root = repository();
		expect(applyDiff(root, " \n")).toEqual({ added: [], touched: [] });
		expect(contents(root)).toEqual(FILES);
	});
	test("that names one file twice applies both parts", () => {
		const root = repository();
		applyDiff(root, edit("a.txt", TWO) + edit("a.txt", "@@ -3,3 +3,3 @@\n three\n-four\n+FOUR\n five\n"));
		expect(read(root, "a.txt")).toBe("one\nTWO\nthree\nFOUR\nfive\n");
	});
	test("that moves a file leaves none behind under the old name", () => {
		const root = repository();
		applyDiff(
			root,
			`diff --git a/a.txt b/moved.txt\nrename from a.txt\nrename to moved.txt\n--- a/a.txt\n+++ b/moved.txt\n${TWO}`,
		);
		expect(read(root, "moved.txt")).toContain("TWO");
		expect(existsSync(join(root, "a.txt"))).toBe(false);
	});
});

describe("a diff that is refused changes nothing", () => {
	const cases: [name: string, diff: string, reason: string][] = [
		["climbs out", added("../out.txt"), "path"],
		["climbs out in the middle", added("sub/../../out.txt"), "path"],
		["climbs out with backslashes", added("sub\\..\\..\\out.txt"), "path"],
		["climbs out from the old side", `--- a/../a.txt\n+++ b/a.txt\n${TWO}`, "path"],
		["names an absolute path", added("/etc/out.txt").replace("b//", "/"), "path"],
		["names a drive", added("C:/out.txt"), "path"],
		["writes git's hooks", added(".git/hooks/post-checkout"), "path"],
		["writes git's files below", added("sub/.GIT/config"), "path"],
		["makes a symbolic link", `diff --git a/out b/out\nnew file mode 120000\n${added("out", "/etc")}`, "path"],
		[
			"makes a submodule",
			`diff --git a/out b/out\nnew file mode 160000\n${added("out", "Subproject commit 0")}`,
			"path",
		],
		["goes through a link of the repository", added("link/out.txt"), "path"],
		["writes a link of the repository", edit("file-link", TWO), "path"],
		["is binary", "diff --git a/x.bin b/x.bin\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n", "binary"],
		["differs in binary", "diff --git a/x b/x\nBinary files a/x and b/x differ\n", "binary"],
		["has another context", edit("a.txt", "@@ -1,3 +1,3 @@\n one\n-zwei\n+TWO\n three\n"), "context"],
		["changes a file that is not there", edit("none.txt", TWO), "context"],
		["adds a file that is there", added("a.txt"), "context"],
		["adds a file where a folder is", added("folder"), "context"],
		["adds a file below a file", added("a.txt/below"), "context"],
		["has Windows line ends where the file has none", edit("a.txt", TWO).replaceAll("\n", "\r\n"), "context"],
		[
			"has a second part that does not fit",
			edit("a.txt", TWO) + edit("sub/b.txt", "@@ -1,1 +1,1 @@\n-q\n+r\n"),
			"context",
		],
		["removes a file with other text", "--- a/sub/b.txt\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-other\n", "context"],
		["is prose", "I would change the second line to TWO.\n", "malformed"],
		["has wrong counts in a hunk", edit("a.txt", "@@ -1,9 +1,9 @@\n one\n-two\n+TWO\n"), "malformed"],
		["has a name that is too long", added(`${"n".repeat(300)}.txt`), "path"],
		["has a NUL in its name", added("a\0b"), "path"],
	];
	test.each(cases)("when it %s", (_name, diff, reason) => {
		const root = repository();
		symlinkSync(tmpdir(), join(root, "link"));
		symlinkSync("a.txt", join(root, "file-link"));
		const before = contents(root);
		expect(refusal(root, diff)).toBe(reason);
		expect(contents(root)).toEqual(before);
		expect(existsSync(join(dirname(root), "out.txt"))).toBe(false);
		expect(existsSync(join(tmpdir(), "out.txt"))).toBe(false);
	});
});
