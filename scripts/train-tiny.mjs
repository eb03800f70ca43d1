// Makes the embedded model and its tasks again; an interrupted run goes on where it was.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const paths = {
	tasks: `${root}fixtures/tasks/tiny`,
	model: `${root}fixtures/models/tiny-coder`,
	work: `${root}artifacts/train-tiny`,
};
const { status } = spawnSync(
	"/usr/bin/python3",
	["-m", "assay_trainer.tiny", "build", ...Object.entries(paths).flatMap(([name, path]) => [`--${name}`, path])],
	{
		stdio: "inherit",
		env: {
			...process.env,
			PYTHONPATH: `${root}src/trainer`,
			// Each step frees what the next one takes again; giving it back to the system in between costs a quarter of the time.
			MALLOC_MMAP_THRESHOLD_: String(32 << 20),
			MALLOC_TRIM_THRESHOLD_: String(1 << 30),
			MALLOC_TOP_PAD_: String(64 << 20),
		},
	},
);
process.exitCode = status ?? 1;
