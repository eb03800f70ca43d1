import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PYTHONPATH = fileURLToPath(new URL("../trainer", import.meta.url));
const WRITE = "import sys, pathlib, small_transitions as s; s.write_transitions(pathlib.Path(sys.argv[1]))";

/** A folder of transitions as the trainer's own tests make it. Throws with what Python said. */
export function writeSmallTransitions(folder: string): void {
	const env = { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: "1" };
	const { status, stderr } = spawnSync("/usr/bin/python3", ["-c", WRITE, folder], { env, encoding: "utf8" });
	if (status !== 0 || stderr !== "") throw new Error(stderr);
}
