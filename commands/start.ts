import { enableCompileCache } from "node:module";
import { THEMES } from "../src/store/themes.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Loads and runs the program. The workbench's first frame is there before: this file imports next to nothing. */
export async function start(argv: readonly string[]): Promise<void> {
	enableCompileCache();
	const { stdin, stdout } = process;
	if (!stdin.isTTY || !stdout.isTTY || !opensTheWorkbench(argv)) {
		const { main } = await import("./main.js");
		return await main(argv, { entered: null });
	}
	const { createTerminalModes, firstText, wantsScreenReader } = await import("../views/terminal/modes.js");
	const isSpoken = wantsScreenReader(argv.includes("--screen-reader"), process.env);
	const modes = createTerminalModes(stdin, stdout, isSpoken);
	const leave = () => {
		modes.leave();
		process.exit(130);
	};
	for (const name of SIGNALS) process.on(name, leave);
	modes.enter(firstText(stdout, isSpoken));
	try {
		const { main } = await import("./main.js");
		const running = main(argv, { entered: modes });
		for (const name of SIGNALS) process.off(name, leave);
		await running;
	} catch (error) {
		modes.leave();
		throw error;
	}
}

const FLAGS = new Set(["--ascii", "--no-color", "--reduced-motion", "--screen-reader"]);
const WITH_VALUE = new Set(["--tasks", "--workspace"]);

/** Only where nothing can be wrong with the words: a complaint belongs on the screen of before. */
function opensTheWorkbench(argv: readonly string[]): boolean {
	const words = argv[0] === "open" ? argv.slice(1) : argv;
	if (process.env.ASSAY_WORKSPACE === "") return false;
	for (let i = 0; i < words.length; i++) {
		const word = words[i] ?? "";
		if (FLAGS.has(word)) continue;
		if (word === "--theme" && THEMES.some((theme) => theme === words[i + 1])) {
			i++;
			continue;
		}
		if (!WITH_VALUE.has(word) || !/^[^-]/.test(words[++i] ?? "")) return false;
	}
	return true;
}
