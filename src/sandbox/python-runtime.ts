import { execa } from "execa";
import { AssayError } from "../lib/errors.js";

export interface PythonRuntime {
	/** The real interpreter, not a version manager's shim: a shim costs ten times the start. */
	path: string;
	version: string;
	/** Folder of its standard library's installation, which a sandbox must show. */
	prefix: string;
}

const PROBE =
	"import sys,os;print(os.path.realpath(sys.executable));print('.'.join(map(str,sys.version_info[:3])));print(os.path.realpath(sys.base_prefix))";

/** The system's interpreter comes first, because every sandbox shows /usr. Throws `prerequisite` when there is none. */
export async function findPython(environment: NodeJS.ProcessEnv = process.env): Promise<PythonRuntime> {
	const wanted = environment.ASSAY_PYTHON;
	const tried: string[] = [];
	for (const command of wanted ? [wanted] : ["/usr/bin/python3", "python3"]) {
		const found = await execa(command, ["-s", "-S", "-c", PROBE], { timeout: 20_000, stdin: "ignore" }).catch(
			() => null,
		);
		const [path, version, prefix] = found?.stdout.trim().split("\n") ?? [];
		if (!path || !version || !prefix) {
			tried.push(`${command}: does not run`);
			continue;
		}
		const [major = 0, minor = 0] = version.split(".").map(Number);
		if (major === 3 && minor >= 9) return { path, version, prefix };
		tried.push(`${command}: ${version}`);
	}
	throw new AssayError("prerequisite", `no Python 3.9 or newer to judge with (${tried.join("; ")})`, {
		hint: "install python3, or name an interpreter in ASSAY_PYTHON",
	});
}
