import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assayIn } from "./assay.js";
import { hasSshd, makeSshWorld, type SshHost, type SshWorld } from "./ssh-hosts.js";

const hasTorch = spawnSync("/usr/bin/python3", ["-c", "import torch, venv, ensurepip"]).status === 0;
const root = mkdtempSync(join(tmpdir(), "assay-ssh-"));
let world: SshWorld;
let gpu: SshHost;

/** A wheel with one module in it. */
const MAKE_WHEEL = `
import sys, zipfile
info = "probe_of_wheels-1.0.dist-info"
with zipfile.ZipFile(sys.argv[1] + "/probe_of_wheels-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("probe_of_wheels.py", "VALUE = 4711\\n")
    wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: probe-of-wheels\\nVersion: 1.0\\n")
    wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "/RECORD", "probe_of_wheels.py,,\\n" + info + "/METADATA,,\\n" + info + "/WHEEL,,\\n" + info + "/RECORD,,\\n")
`;

describe.skipIf(!hasSshd || !hasTorch)(
	"a host's Python environment (needs openssh-server, python3-torch, python3-venv)",
	() => {
		beforeAll(async () => {
			world = makeSshWorld(join(root, "world"));
			gpu = await world.addHost("gpu1", { hasTorch: true });
		});
		afterAll(async () => {
			await world.close();
			rmSync(root, { recursive: true, force: true });
		});

		const bootstrap = (...more: string[]) =>
			assayIn(root, ["hosts", "bootstrap", "gpu1", "--json", ...more], { XDG_CONFIG_HOME: join(root, "config") });
		const linesOf = (stdout: string): string[] =>
			stdout
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line))
				.flatMap(({ type, text }) => (type === "bootstrap.line" ? [text] : []));

		test("is made on top of what the interpreter has, without a network, and named in hosts.yaml; the second time nothing is made", {
			timeout: 240_000,
		}, async () => {
			writeFileSync(
				join(root, "hosts.yaml"),
				`sshConfig: ${world.config}\n# ours\nhosts:\n  gpu1: { python: /usr/bin/python3 }\n`,
			);
			const first = await bootstrap();
			expect([first.code, first.stderr]).toEqual([0, ""]);
			const venv = join(gpu.home, "assay-runs/venv");
			expect(linesOf(first.stdout).at(0)).toContain(`venv ${venv}`);
			expect(linesOf(first.stdout).at(-1)).toMatch(/^Python 3\.\d+.* torch \d/);
			const described = readFileSync(join(root, "hosts.yaml"), "utf8");
			expect(described).toContain("# ours");
			expect(described).toContain(`python: ${venv}/bin/python`);
			const checked = await assayIn(root, ["hosts", "check", "gpu1", "--json"]);
			expect(JSON.parse(checked.stdout).findings.at(-1)).toMatchObject({ name: "python", level: "ok" });

			const second = await bootstrap();
			expect(second.code).toBe(0);
			expect(linesOf(second.stdout)[0]).toBe(`== ${venv} is there`);
			expect(readFileSync(join(root, "hosts.yaml"), "utf8")).toBe(described);
		});

		test("wheels are sent to a host without a way out, and one that is missing is said in one line", {
			timeout: 240_000,
		}, async () => {
			const wheels = join(root, "wheels");
			mkdirSync(wheels);
			const empty = await bootstrap("--wheels", wheels);
			expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining("holds no wheel")]);
			execFileSync("/usr/bin/python3", ["-c", MAKE_WHEEL, wheels]);
			const missing = await bootstrap("--wheels", wheels, "--package", "no-such-package");
			expect(missing.code).toBe(3);
			expect(missing.stderr).toContain("No matching distribution found for no-such-package");
			const done = await bootstrap("--wheels", wheels, "--package", "probe-of-wheels");
			expect([done.code, done.stderr]).toEqual([0, ""]);
			const python = join(gpu.home, "assay-runs/venv/bin/python");
			const printed = execFileSync(python, ["-c", "import probe_of_wheels; print(probe_of_wheels.VALUE)"], {
				encoding: "utf8",
			});
			expect(printed).toBe("4711\n");
		});
	},
);
