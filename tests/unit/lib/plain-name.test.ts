import { expect, test } from "vitest";
import { refuseUnplain } from "../../../src/lib/plain-name.js";

test.each(["second", "20261121-095000-loop-demo-3", "grpo_1.5", "zweites-mal", "müller", "_x"])(
	"%s names one folder",
	(name) => {
		expect(() => refuseUnplain(name)).not.toThrow();
	},
);

test.each(["", "..", "a/b", "../x", "/tmp/x", ".hidden", "-n", "a\nb", "a b", "C:x", "x".repeat(101)])(
	"%j is refused: it names none, or another place",
	(name) => {
		expect(() => refuseUnplain(name)).toThrow(/is no name of a folder/);
	},
);
