import { expect, test } from "vitest";
import { applyEditBlocks, EditProblem } from "../../../src/agents/edit-blocks.js";
import { applyEditDiff } from "../../../src/agents/edit-diff.js";

const CODE = "def f(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total\n";
const block = (search: string, replace: string) => `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;

test("a block replaces the text that it names, several blocks one after another", () => {
	const answer = `The range is off by one.\n${block("range(n)", "range(n + 1)")}and\n${block("    return total", "    return total * 2")}`;
	expect(applyEditBlocks(CODE, block("    for i in range(n):", "    for i in range(n + 1):"))).toContain(
		"range(n + 1)",
	);
	expect(() => applyEditBlocks(CODE, answer)).toThrow("SEARCH of block 1 is not in the program");
});

test("dollar signs and backslashes of a replacement are taken as they are", () => {
	expect(applyEditBlocks("a = 1\n", block("a = 1", "a = '$& \\1'"))).toBe("a = '$& \\1'\n");
});

test("a block with another indentation throughout is shifted to the program's", () => {
	const answer = block("for i in range(n):\n    total += i", "for i in range(1, n):\n    if i:\n\n        total += i");
	expect(applyEditBlocks(CODE, answer)).toBe(
		"def f(n):\n    total = 0\n    for i in range(1, n):\n        if i:\n\n            total += i\n    return total\n",
	);
});

test("blanks at the ends of lines and Windows line ends do not hinder a match", () => {
	expect(applyEditBlocks(CODE.replaceAll("\n", "\r\n"), block("    total = 0  ", "    total = 1"))).toContain(
		"total = 1",
	);
});

test("a search text that occurs twice, is empty or absent is refused in words for the model", () => {
	expect(() => applyEditBlocks("x = 1\nx = 1\n", block("x = 1", "x = 2"))).toThrow("occurs 2 times");
	expect(() => applyEditBlocks(CODE, block("", "x"))).toThrow("is empty");
	expect(() => applyEditBlocks(CODE, block("while True:", "x"))).toThrow("is not in the program");
	expect(() => applyEditBlocks(CODE, "I would change the loop.")).toThrow(EditProblem);
});

const HUNK =
	"@@ -2,3 +2,3 @@\n     total = 0\n-    for i in range(n):\n+    for i in range(n + 1):\n         total += i\n";

test.each([
	["a whole diff", `--- a/solution\n+++ b/solution\n${HUNK}`],
	["a fenced diff with chatter", `Sure!\n\n\`\`\`diff\n--- a/solution\n+++ b/solution\n${HUNK}\`\`\`\nDone.`],
	["a hunk without file names", HUNK],
	["a hunk with wrong line numbers", HUNK.replace("-2,3 +2,3", "-40,3 +40,3")],
])("%s is applied", (_name, answer) => {
	expect(applyEditDiff(CODE, answer)).toBe(CODE.replace("range(n)", "range(n + 1)"));
});

test.each([
	["no diff", "Change the range.", "holds no unified diff"],
	["foreign context", `--- a/s\n+++ b/s\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n`, "not those of the program"],
	["two files", `--- a/s\n+++ b/s\n${HUNK}--- a/t\n+++ b/t\n${HUNK}`, "changes 2 files"],
	["wrong counts", "--- a/s\n+++ b/s\n@@ -1,9 +1,9 @@\n def f(n):\n", "cannot be read"],
])("%s is refused in words for the model", (_name, answer, message) => {
	expect(() => applyEditDiff(CODE, answer)).toThrow(EditProblem);
	expect(() => applyEditDiff(CODE, answer)).toThrow(message);
});
