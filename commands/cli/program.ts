import { Command } from "commander";
import { AssayError } from "../../src/lib/errors.js";
import { version } from "../../src/lib/version.js";
import { type Act, examples } from "./action.js";
import { registerAgents } from "./agent-commands.js";
import { registerArtifacts } from "./artifacts-commands.js";
import { registerCheckpoints } from "./checkpoint-commands.js";
import { registerClaims } from "./claims-commands.js";
import type { CommandContext, ExitCode } from "./context.js";
import { registerData } from "./data-commands.js";
import { registerEvaluation } from "./evaluation-commands.js";
import { ParserEnded } from "./failure.js";
import { registerHosts } from "./host-commands.js";
import { registerJudging } from "./judging-commands.js";
import type { CommonOptions } from "./options.js";
import { registerPrompts } from "./prompts-commands.js";
import { registerProviders } from "./providers-commands.js";
import { registerRecords } from "./records-commands.js";
import { registerRollouts } from "./rollouts-commands.js";
import { registerTasks } from "./tasks-commands.js";
import { registerCompletionHelp, registerDoctor, registerOpen } from "./tool-commands.js";
import { registerLoop, registerTraining } from "./training-commands.js";
import { registerWorld } from "./world-commands.js";

export interface ProgramSeams {
	start: (options: CommonOptions) => CommandContext;
	finish: (code: ExitCode) => void;
	writeOut: (text: string) => void;
	writeErr: (text: string) => void;
	/** false: the caller adds the real `completion` command. */
	completionHelp: boolean;
}

/** Declares every command and option; implements none. */
export function createProgram({ start, finish, writeOut, writeErr, completionHelp }: ProgramSeams): Command {
	const program = new Command("assay")
		.description("Judge code candidates by executing them. Without a command: the workbench.")
		.version(version, "-V, --version", "show the version")
		.helpOption("-h, --help", "show help")
		.helpCommand("help [command]", "show help of a command")
		.showSuggestionAfterError(true)
		.enablePositionalOptions()
		.exitOverride(({ exitCode }) => {
			throw new ParserEnded(exitCode === 0 ? 0 : 2);
		})
		.configureOutput({
			writeOut,
			writeErr,
			// Commander puts its suggestion on a second line.
			outputError: (text, print) =>
				print(
					`assay: ${text
						.replace(/^error: /, "")
						.trim()
						.replace(/\n\s*/g, " ")}\n`,
				),
		})
		.addHelpText(
			"after",
			examples(["assay", "assay tasks list fixtures/tasks", "assay run fixtures/tasks --backend mock -n 8"]),
		);
	const act: Act =
		(run) =>
		async (...parameters) => {
			const command = parameters.at(-1);
			if (!(command instanceof Command)) throw new TypeError("commander calls an action with its command last");
			const args = command.args.filter((argument): argument is string => typeof argument === "string");
			finish((await run(start(command.opts()), command.opts(), args)) ?? 0);
		};
	registerOpen(program, act);
	registerTasks(program, act);
	registerJudging(program, act);
	registerAgents(program, act);
	registerEvaluation(program, act);
	registerRollouts(program, act);
	registerData(program, act);
	registerWorld(program, act);
	registerTraining(program, act);
	registerLoop(program, act);
	registerHosts(program, act);
	registerPrompts(program, act);
	registerProviders(program, act);
	registerRecords(program, act);
	registerArtifacts(program, act);
	registerClaims(program, act);
	registerCheckpoints(program, act);
	registerDoctor(program, act);
	if (completionHelp) registerCompletionHelp(program);
	return program;
}

const VALUE_OPTIONS = new Set(["--out", "--seed", "--limit", "--filter", "--workspace"]);
const FLAG_OPTIONS = new Set(["--json", "--quiet", "--no-color"]);
const ROOT_OPTIONS = new Set(["-h", "--help", "-V", "--version"]);

/** Common options may stand before the command's name; no command at all means `open`. */
export function normaliseArguments(argv: readonly string[]): string[] {
	const leading: string[] = [];
	let index = 0;
	for (; index < argv.length; index++) {
		const word = argv[index] ?? "";
		const name = word.split("=", 1)[0] ?? word;
		if (FLAG_OPTIONS.has(word) || (VALUE_OPTIONS.has(name) && word.includes("="))) leading.push(word);
		else if (VALUE_OPTIONS.has(word)) leading.push(word, ...argv.slice(++index, index + 1));
		else break;
	}
	const rest = argv.slice(index);
	const first = rest[0];
	if (first === undefined || (first.startsWith("-") && !ROOT_OPTIONS.has(first))) return ["open", ...leading, ...rest];
	const end = rest.indexOf("--");
	return end < 0 ? [...rest, ...leading] : [...rest.slice(0, end), ...leading, ...rest.slice(end)];
}

/** Commander shows the whole help for `help` and a word that is no command. */
export function refuseHelpOfNothing(program: Command, words: readonly string[]): void {
	let command = program;
	let isHelp = false;
	for (const word of words) {
		if (word.startsWith("-")) return;
		if (word === "help") {
			isHelp = true;
			continue;
		}
		const named = command.commands.find((known) => known.name() === word);
		if (named !== undefined) {
			command = named;
			continue;
		}
		if (!isHelp) return;
		const names = command.commands.map((known) => known.name()).join(", ");
		throw new AssayError("usage", `no command is called ${JSON.stringify(word)}`, {
			hint: names === "" ? "see assay --help" : `there are: ${names}`,
		});
	}
}
