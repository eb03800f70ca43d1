import { readdirSync } from "node:fs";
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { COMPLETION_EXAMPLES } from "./tool-commands.js";

const PATH_ARGUMENTS = new Set(["tasks", "samples"]);
const PATH_OPTIONS = new Set(["out", "workspace", "samples", "splits", "tasks"]);

/** Adds `completion <shell>`, and the hidden `complete` that the shell's script calls. */
export function addCompletion(program: Command): void {
	const root = tab(program, { completionCommandName: "completion" });
	program.commands.find((command) => command.name() === "completion")?.addHelpText("after", COMPLETION_EXAMPLES);
	for (const command of root.commands.values()) {
		for (const [name, argument] of command.arguments) {
			if (PATH_ARGUMENTS.has(name)) argument.handler = completePaths;
		}
		for (const [name, option] of command.options) {
			if (PATH_OPTIONS.has(name)) option.handler = completePaths;
		}
	}
}

/** The library asks the shell not to complete files by itself, so that options and commands are not mixed with them. */
function completePaths(complete: (value: string, description: string) => void): void {
	const word = process.argv.at(-1) ?? "";
	const folder = word.slice(0, word.lastIndexOf("/") + 1);
	try {
		for (const entry of readdirSync(folder === "" ? "." : folder, { withFileTypes: true })) {
			if (!entry.name.startsWith(".")) complete(`${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`, "");
		}
	} catch {
		// A folder that cannot be read completes to nothing.
	}
}
