import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isLocked, lockRun } from "../../../src/artifacts/run-lock.js";
import { temporaryFolder } from "../app/run-fixtures.js";

function lockPath(): string {
	return join(temporaryFolder(), "runs", "r.lock");
}

const NO_SUCH_PROCESS = 2 ** 22 + 1;

test("only one holder at a time", () => {
	const path = lockPath();
	const lock = lockRun(path, "r");
	expect(isLocked(path)).toBe(true);
	expect(() => lockRun(path, "r")).toThrow(`run r is being written by process ${process.pid}`);
	lock.release();
	expect(isLocked(path)).toBe(false);
	lockRun(path, "r").release();
});

test.each([
	["of a dead process", JSON.stringify({ pid: NO_SUCH_PROCESS, processStart: "1" })],
	["of a process whose id is used again by another", JSON.stringify({ pid: process.pid, processStart: "1" })],
	["that is empty", ""],
])("a lock %s is taken over", (_name, content) => {
	const path = lockPath();
	lockRun(path, "r").release();
	writeFileSync(path, content);
	expect(isLocked(path)).toBe(false);
	const lock = lockRun(path, "r");
	expect(JSON.parse(readFileSync(path, "utf8")).pid).toBe(process.pid);
	lock.release();
});

test("nothing is left behind", () => {
	const path = lockPath();
	lockRun(path, "r").release();
	expect(existsSync(path)).toBe(false);
	expect(readdirSync(join(path, ".."))).toEqual([]);
});
