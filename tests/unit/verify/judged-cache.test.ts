import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { programCandidate } from "../../../src/domain/run.js";
import { Verdict } from "../../../src/domain/verdict.js";
import { JudgedCache } from "../../../src/verify/judged-cache.js";
import { fakeVerifier } from "../app/fake-verifier.js";
import { functionTask } from "../app/run-fixtures.js";

const folder = mkdtempSync(join(tmpdir(), "assay-cache-"));
const open: JudgedCache<Verdict>[] = [];
afterEach(() => {
	for (const cache of open.splice(0)) cache.close();
	rmSync(folder, { recursive: true, force: true });
});

function cache(): JudgedCache<Verdict> {
	const opened = new JudgedCache(folder, "verdicts", Verdict);
	open.push(opened);
	return opened;
}

test("a program that has verdicts to write locks no other one out, and finds its own before they are written", async () => {
	const candidate = programCandidate("t", 0, "test", "# accepted");
	const verdict = await fakeVerifier().verify(functionTask("t"), candidate, {
		gate: true,
		signal: AbortSignal.any([]),
	});
	const [mine, theirs] = [cache(), cache()];
	mine.put("a", verdict);
	theirs.put("b", verdict);
	theirs.flush();
	expect([mine.get("a")?.status, mine.get("b")?.status, theirs.get("a")]).toEqual(["accepted", "accepted", null]);
	mine.flush();
	expect(theirs.get("a")?.status).toBe("accepted");
});

test("a cache that cannot be written ends nothing, and is written again once it can be", async () => {
	const candidate = programCandidate("t", 0, "test", "# accepted");
	const verdict = await fakeVerifier().verify(functionTask("t"), candidate, {
		gate: true,
		signal: AbortSignal.any([]),
	});
	const mine = cache();
	const other = new DatabaseSync(join(folder, "verdicts.sqlite"));
	other.exec("ALTER TABLE verdicts RENAME TO elsewhere");
	mine.put("a", verdict);
	mine.flush();
	other.exec("ALTER TABLE elsewhere RENAME TO verdicts");
	other.close();
	expect(mine.get("a")).toBeNull();
	mine.put("b", verdict);
	mine.flush();
	expect(cache().get("b")).toEqual(verdict);
});

test("what was observed is kept beside verdicts, and what another version wrote is not there", () => {
	const written = new JudgedCache(folder, "observations", z.strictObject({ answers: z.array(z.string()) }));
	written.put("a", { answers: ["ab", "E"] });
	written.flush();
	expect(written.get("a")).toEqual({ answers: ["ab", "E"] });
	const later = new JudgedCache(folder, "observations", z.strictObject({ values: z.array(z.string()) }));
	expect(later.get("a")).toBeNull();
	expect(cache().get("a")).toBeNull();
	written.close();
	later.close();
});
