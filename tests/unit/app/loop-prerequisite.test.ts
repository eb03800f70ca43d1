import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { assay } from "./assay-command.js";
import { temporaryFolder } from "./run-fixtures.js";

const shipped = (path: string): string => fileURLToPath(new URL(`../../../fixtures/${path}`, import.meta.url));

afterEach(() => vi.unstubAllEnvs());

test("a loop without a Python that trains is not begun, so that its name is free", async () => {
	vi.stubEnv("ASSAY_TRAINER_PYTHON", "/bin/false");
	const workspace = temporaryFolder();
	const words = ["loop", shipped("tasks/tiny"), "--model", shipped("models/tiny-coder"), "--name", "first"];
	for (let attempt = 0; attempt < 2; attempt++) {
		const { code, stdout, stderr } = await assay(workspace, words);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain("no Python with torch to train with");
	}
	expect(
		readdirSync(join(workspace, "artifacts"), { recursive: true })
			.map(String)
			.filter((name) => name.includes("first")),
	).toEqual([]);
});
