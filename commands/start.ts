import { enableCompileCache } from "node:module";
import { THEMES } from "../src/store/themes.js";
import type { OpenOptions } from "./cli/options.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Loads and runs the program. The workbench's first frame is there before: this file imports next to nothing. */
export async function start(argv: readonly string[]): Promise<void> {
	enableCompileCache();
	const { stdin, stdout } = process;
	const opens = stdin.isTTY && stdout.isTTY ? workbenchOptions(argv) : null;
	if (!opens) {
		const { main } = await import("./main.js");
		return await main(argv, { entered: null, opens: null });
	}
	const { createTerminalModes, firstText, wantsScreenReader } = await import("../views/terminal/modes.js");
	const isSpoken = wantsScreenReader(opens.screenReader === true, process.env);
	const modes = createTerminalModes(stdin, stdout, isSpoken);
	const leave = () => {
		modes.leave();
		process.exit(130);
	};
	for (const name of SIGNALS) process.on(name, leave);
	modes.enter(firstText(stdout, isSpoken));
	try {
		const [{ workspaceOf }, { startWorkThread, threadOptions }] = await Promise.all([
			import("./cli/context.js"),
			import("./work-thread.js"),
		]);
		// It takes longest, so that it starts first; the screens load meanwhile.
		const workspace = workspaceOf(opens, process.env, process.cwd());
		const thread = startWorkThread(threadOptions(workspace, opens), false);
		const { main } = await import("./main.js");
		const running = main(argv, { entered: { modes, thread }, opens });
		for (const name of SIGNALS) process.off(name, leave);
		await running;
	} catch (error) {
		modes.leave();
		throw error;
	}
}

const FLAGS: Readonly<Record<string, Partial<OpenOptions>>> = {
	"--ascii": { ascii: true },
	"--no-color": { color: false },
	"--reduced-motion": { reducedMotion: true },
	"--screen-reader": { screenReader: true },
};

/**
 * What the words say where they open the workbench and nothing can be wrong with them, else null: a complaint belongs on
 * the screen of before. The parser of all commands, which takes a good part of the start, is not needed then.
 */
function workbenchOptions(argv: readonly string[]): OpenOptions | null {
	const words = argv[0] === "open" ? argv.slice(1) : argv;
	if (process.env.ASSAY_WORKSPACE === "") return null;
	const options: OpenOptions = { color: true };
	for (let i = 0; i < words.length; i++) {
		const word = words[i] ?? "";
		if (Object.hasOwn(FLAGS, word)) {
			Object.assign(options, FLAGS[word]);
			continue;
		}
		const value = words[++i] ?? "";
		const theme = THEMES.find((name) => name === value);
		if (word === "--theme" && theme) options.theme = theme;
		else if (!/^[^-]/.test(value)) return null;
		else if (word === "--tasks") options.tasks = value;
		else if (word === "--workspace") options.workspace = value;
		else if (word === "--world-model") options.worldModel = value;
		else if (word === "--world-index") options.worldIndex = value;
		else if (word === "--ranking") options.ranking = value;
		else return null;
	}
	return options;
}
