import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { reportFailure } from "../../../commands/cli/failure.js";

test("a full disk is said in words, with what is kept and the way out", () => {
	const said = (path?: string): string => {
		const stderr = new PassThrough();
		const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
			code: "ENOSPC",
			syscall: "write",
			...(path === undefined ? {} : { path }),
		});
		expect(reportFailure(error, stderr, new AbortController().signal)).toBe(3);
		return String(stderr.read());
	};
	expect(said()).toBe(
		"assay: the disk is full\n  what was written before is kept; free space and give the same command again\n",
	);
	expect(said("/data/x.jsonl")).toContain("assay: /data/x.jsonl: the disk is full\n");
});
