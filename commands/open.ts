import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import { AssayError } from "../src/lib/errors.js";
import { outsidePrograms } from "../src/lib/outside-program.js";
import type { SavedView } from "../src/store/saved-view.js";
import type { ThemeName } from "../src/store/themes.js";
import type { ScreenId } from "../views/model/state.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { keepMemorySteady } from "./cli/steady-memory.js";

export interface OpenCommandOptions {
	tasks?: string;
	worldModel?: string;
	worldIndex?: string;
	ranking?: string;
	ascii?: true;
	screen?: string;
	theme?: ThemeName;
	reducedMotion?: true;
	screenReader?: true;
}

/** The workbench. A first screen is there before anything large is loaded; the terminal is restored in every case. */
export async function open(context: CommandContext, options: OpenCommandOptions): Promise<ExitCode> {
	const { stdout } = context;
	const { stdin, env } = process;
	keepMemorySteady();
	if (!isTerminal(stdin) || !isTerminal(stdout) || context.json) {
		throw new AssayError("usage", "the workbench needs a terminal on standard input and output", {
			hint: "every screen has a command: assay tasks list, assay run, assay runs show, assay eval; see assay --help",
		});
	}
	const input = stdin as ReadStream;
	const output = stdout as WriteStream;
	const { createTerminalModes, firstText, wantsScreenReader } = await import("../views/terminal/modes.js");
	const screenReader = wantsScreenReader(options.screenReader === true, env);
	const modes = context.entered?.modes ?? createTerminalModes(input, output, screenReader);
	if (!context.entered) modes.enter(firstText(output, screenReader));
	const hungUp = new AbortController();
	const crash = (error: unknown) => {
		// The terminal has gone: end in order, so that a run keeps what is done and the judge is reaped.
		if (isGone(error)) {
			hungUp.abort();
			return;
		}
		modes.leave();
		process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\nassay: this is a bug in assay\n`);
		process.exit(70);
	};
	const signal = AbortSignal.any([context.signal, hungUp.signal]);
	// A terminal that has gone says nothing while nothing is written to it.
	input.once("end", () => hungUp.abort());
	process.on("exit", modes.leave);
	process.on("uncaughtException", crash);
	process.on("unhandledRejection", crash);
	try {
		const { openWorkbenchThread } = await import("./workbench-thread.js");
		const { startWorkThread, threadOptions } = await import("./work-thread.js");
		const { thread = startWorkThread(threadOptions(context.workspace, options), false) } = context.entered ?? {};
		const workbench = openWorkbenchThread(thread, context.signal);
		const [{ openScreens }, { createTtyPort }, { lookFor, themeFor }, { clipboardFor }, lastView] = await Promise.all([
			import("../views/open-screens.js"),
			import("../views/terminal/tty-port.js"),
			import("../views/terminal/look.js"),
			import("../views/terminal/clipboard.js"),
			readView(context.workspace),
		]);
		const screen = await screenFor(options.screen);
		const outside = outsidePrograms(env, signal);
		const { closed } = openScreens({
			workbench,
			terminal: createTtyPort(input, output, modes),
			look: lookFor(env, { ascii: options.ascii === true, colour: context.color }),
			theme: themeFor(env, options.theme, lastView?.theme ?? null),
			reducedMotion: options.reducedMotion === true || env.ASSAY_REDUCED_MOTION === "1",
			screenReader,
			compositor: env.ASSAY_COMPOSITOR !== "off",
			signal,
			clipboard: clipboardFor(env),
			lastView,
			screen,
			ranking: options.ranking === undefined ? null : resolve(options.ranking),
			runOutside: outside.run,
			saveText: (name, text) => saveText(context.workspace, name, text),
		});
		const view = await closed;
		outside.close();
		await workbench.close();
		keepView(context.workspace, view);
		return 0;
	} finally {
		modes.leave();
		// A terminal that has gone keeps failing until the process has ended.
		if (!hungUp.signal.aborted) {
			process.off("exit", modes.leave);
			process.off("uncaughtException", crash);
			process.off("unhandledRejection", crash);
		}
	}
}

async function screenFor(name: string | undefined): Promise<ScreenId | null> {
	if (name === undefined) return null;
	const { SCREENS, screenNamed } = await import("../views/screens/screens.js");
	const screen = screenNamed(name);
	if (screen) return screen.id;
	throw new AssayError("usage", `there is no screen ${name}`, {
		hint: `screens: ${SCREENS.map((known) => `${known.id} ${known.name}`).join(", ")}`,
	});
}

function isGone(error: unknown): boolean {
	return error instanceof Error && "code" in error && (error.code === "EIO" || error.code === "EPIPE");
}

function isTerminal(stream: (Readable | Writable) & { isTTY?: boolean }): boolean {
	return stream.isTTY === true;
}

const viewFile = (workspace: string) => join(workspace, "artifacts", "cache", "view.json");

/** A view that cannot be read, or of another version, is none. */
async function readView(workspace: string): Promise<SavedView | null> {
	try {
		const text = readFileSync(viewFile(workspace), "utf8");
		const { parseSavedView } = await import("../src/store/saved-view.js");
		return parseSavedView(text);
	} catch {
		return null;
	}
}

/** Only where there are artifacts already: a look around leaves nothing behind. */
function keepView(workspace: string, view: SavedView): void {
	if (!existsSync(join(workspace, "artifacts"))) return;
	try {
		writeFileAtomic(viewFile(workspace), `${JSON.stringify(view, null, "\t")}\n`);
	} catch (error) {
		process.stderr.write(`assay: the view was not kept: ${error instanceof Error ? error.message : String(error)}\n`);
	}
}

async function saveText(workspace: string, name: string, text: string): Promise<string> {
	const folder = join(workspace, "artifacts", "reports");
	await mkdir(folder, { recursive: true });
	const path = join(folder, `${name}-${new Date().toISOString().replace(/[:.]/g, "-")}.txt`);
	await writeFile(path, text);
	return path;
}
