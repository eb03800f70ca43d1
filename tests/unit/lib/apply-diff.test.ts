import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { applyDiff, DiffRefused } from "../../../src/lib/apply-diff.js";

function repository(): string {
	const root = mkdtempSync(join(tmpdir(), "assay-diff-"));
	onTestFinished(() => rmSync(root, { recursive: true, force: true }));
	writeFileSync(join(root, "a.py"), "x = 1\n");
	writeFileSync(join(root, "b.py"), "y = 1\n");
	return root;
}

const change = (path: string) => `--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,1 @@\n-x = 1\n+x = 2\n`;
const rename = (to: string, body = "") => `diff --git a/a.py b/${to}\nrename from a.py\nrename to ${to}\n${body}`;

function refusal(root: string, diff: string): string {
	try {
		applyDiff(root, diff);
	} catch (error) {
		if (error instanceof DiffRefused) return `${error.reason}: ${error.message}`;
		throw error;
	}
	return "applied";
}

test("a renamed file is under its new name alone, changed or not, and counts as added", () => {
	for (const [body, text] of [
		["", "x = 1\n"],
		["--- a/a.py\n+++ b/conftest.py\n@@ -1,1 +1,1 @@\n-x = 1\n+x = 2\n", "x = 2\n"],
	] as const) {
		const root = repository();
		expect(applyDiff(root, rename("conftest.py", body)).added).toEqual(["conftest.py"]);
		expect([existsSync(join(root, "a.py")), readFileSync(join(root, "conftest.py"), "utf8")]).toEqual([false, text]);
	}
});

test("a file that is there is not renamed over", () => {
	expect(refusal(repository(), rename("b.py"))).toBe("context: b.py: exists already");
});

test.each([
	["a parent folder", change("../a.py"), 'path: path "../a.py" leaves the repository with `..`'],
	["a parent folder further in", change("c/../../a.py"), "leaves the repository"],
	["an absolute path", "--- /etc/passwd\n+++ /etc/passwd\n@@ -1,1 +1,1 @@\n-a\n+b\n", "is absolute"],
	["an absolute path behind b/", change("/etc/passwd"), "is absolute"],
	["a drive", change("C:\\x"), "is absolute"],
	["git's own files", change(".git/hooks/pre-commit"), "reaches into .git"],
	["git's own files in other letters", change("sub/.GIT/config"), "reaches into .git"],
	["a quoted path", '--- "a/\\056\\056/x"\n+++ "b/\\056\\056/x"\n@@ -1,1 +1,1 @@\n-a\n+b\n', "leaves the repository"],
	["a rename out of it", rename("../y"), "leaves the repository"],
	["the second file", `${change("a.py")}${change("../x")}`, "leaves the repository"],
	["a new link", "--- /dev/null\n+++ b/l\nnew file mode 120000\n@@ -0,0 +1,1 @@\n+/etc/passwd\n", "symbolic links"],
	["a binary change", "diff --git a/x b/x\nGIT binary patch\nliteral 0\n", "binary changes are refused"],
	["no diff at all", "hello\n", "holds no unified diff"],
])("a diff with %s is refused whole", (_name, diff, message) => {
	const root = repository();
	expect(refusal(root, diff)).toContain(message);
	expect(readFileSync(join(root, "a.py"), "utf8")).toBe("x = 1\n");
});

test("a path through a link of the repository is refused", () => {
	const root = repository();
	symlinkSync(tmpdir(), join(root, "out"));
	expect(refusal(root, "--- /dev/null\n+++ b/out/x\n@@ -0,0 +1,1 @@\n+x\n")).toContain("goes through a symbolic link");
});
