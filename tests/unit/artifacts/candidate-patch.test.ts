import { applyPatch } from "diff";
import { expect, test } from "vitest";
import { unifiedDiff } from "../../../src/artifacts/candidate-patch.js";

function many(prefix: string, lines: number): string {
	return Array.from({ length: lines }, (_, index) => `${prefix} ${index}\n`).join("");
}

test.each([
	["a change", "def f():\n    pass\n", "def f():\n    return 1\n"],
	["a new file", "", "x = 1\n"],
	["an emptied file", "x = 1\n", ""],
	["no newline at the end", "x = 1", "x = 2"],
	["a rewrite too large for the smallest diff", many("old", 3000), many("new", 3001)],
	["a rewrite without newline at the end", many("old", 3000), `${many("new", 3000)}end`],
])("the diff of %s applies to the starter code and gives the candidate", (_name, starterCode, code) => {
	const diff = unifiedDiff({ fileName: "solution.py", starterCode, code });
	expect(diff).toContain("+++ b/solution.py\n");
	expect(applyPatch(starterCode, diff)).toBe(code);
});

test("no change is an empty diff", () => {
	expect(unifiedDiff({ fileName: "s.py", starterCode: "x\n", code: "x\n" })).not.toContain("@@");
});
