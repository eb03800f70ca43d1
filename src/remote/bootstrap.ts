import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../domain/host.js";
import { AssayError } from "../lib/errors.js";
import type { Link } from "./link.js";
import { workdirOn } from "./preflight.js";
import { quote } from "./quote.js";
import { scriptText } from "./script.js";
import { sendFiles } from "./send-files.js";

export interface BootstrapOptions {
	/** What the environment is made of; it begins with all that this interpreter has. */
	basePython: string;
	/** Names for pip, in addition to what the trainer needs. */
	packages: readonly string[];
	/** Folder of wheels here, which are sent: nothing is downloaded there then. null: they come from an index. */
	wheels: string | null;
	/** null: pip's own. */
	indexUrl: string | null;
	signal: AbortSignal;
	/** What is said there, as it is said. */
	onLine: (text: string) => void;
	onProgress: (bytes: number, total: number) => void;
}

const NEEDED = ["torch", "numpy"];

/**
 * Makes the trainer's Python environment on a host, or what is missing of it, and gives its interpreter. Throws `host` with the
 * last thing that was said there.
 */
export async function bootstrapHost(link: Link, host: Host, options: BootstrapOptions): Promise<string> {
	const { basePython, packages, wheels, indexUrl, signal, onLine, onProgress } = options;
	const workdir = await workdirOn(link, host, signal);
	const folder = `${workdir}/wheels`;
	if (wheels !== null) {
		const files = wheelsIn(wheels).map((path) => ({ path, source: join(wheels, path) }));
		await sendFiles(link, { workdir, files, folder, signal, onProgress });
	}
	const words = [workdir, basePython, wheels === null ? "-" : folder, indexUrl ?? "-", ...NEEDED, ...packages];
	const prepare = host.setup === null ? "" : `{ ${host.setup}\n} >/dev/null && `;
	let rest = "";
	let last = "it said nothing";
	const tell = (text: string): void => {
		if (text.trim() !== "") last = text.trim();
		onLine(text);
	};
	const decoder = new TextDecoder();
	const { code } = await link.execute(
		`${prepare}sh -c ${quote(scriptText("bootstrap.sh"))} bootstrap ${words.map(quote).join(" ")}`,
		{
			onOutput(bytes) {
				const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
				rest = lines.pop() ?? "";
				lines.forEach(tell);
			},
			timeoutMs: null,
			signal,
		},
	);
	if (rest !== "") tell(rest);
	if (code !== 0)
		throw new AssayError("host", `${host.name}: ${last}`, { hint: "the same command goes on from there" });
	return `${workdir}/venv/bin/python`;
}

function wheelsIn(folder: string): string[] {
	const names = readdirSync(folder).filter((name) => name.endsWith(".whl"));
	if (names.length > 0) return names;
	throw new AssayError("usage", `${folder}: holds no wheel`, {
		hint: "`pip download torch numpy -d DIR` fetches them, with --platform and --python-version for another machine",
	});
}
