import { expect, test } from "vitest";
import { folderNameOf, patchFile, runFiles } from "../../../src/artifacts/layout.js";
import { isRunId, newRunId } from "../../../src/artifacts/run-id.js";

test("run ids sort by time and are readable", () => {
	const id = newRunId("best-of-n", new Date(Date.UTC(2026, 10, 21, 9, 30, 15)), () => 0.5);
	expect(id).toBe("20261121-093015-best-of-n-ssss");
	expect(isRunId(id)).toBe(true);
	expect(newRunId("verify", new Date(Date.UTC(2026, 10, 21, 9, 30, 16)), () => 0) > id).toBe(true);
});

test("a task id becomes one folder inside the run's own, whatever it holds", () => {
	for (const id of ["HumanEval/0", "..", ".", "../../etc", "a b", "ü", "x".repeat(200), "/", "\\", "con*"]) {
		const name = folderNameOf(id);
		expect(name).toMatch(/^[^/\\]+$/);
		expect(name).not.toMatch(/^\.+$/);
		expect(Buffer.byteLength(name)).toBeLessThan(200);
		expect(patchFile(runFiles("/r", "id"), id, 0)).toBe(`/r/patches/id/${name}/0.diff`);
	}
});

test("different task ids have different folders", () => {
	const long = "ü".repeat(100);
	const ids = ["a/b", "a%2Fb", "a_b", "..", ".", `${long}1`, `${long}2`];
	expect(new Set(ids.map(folderNameOf)).size).toBe(ids.length);
});
