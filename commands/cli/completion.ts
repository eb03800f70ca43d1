import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { BASH_COMPLETION } from "./bash-completion.js";
import { artifactIds, paths, runIds, taskIds } from "./completion-values.js";
import { COMPLETION_EXAMPLES } from "./tool-commands.js";

/** What has been typed: the words after `assay` up to the one under the cursor, which may be empty. */
interface Typed {
	words: readonly string[];
	/** The part of it that stands for a value. */
	word: string;
	workspace: string;
	/** Words of the command itself. */
	commandWords: number;
}

type Values = (typed: Typed) => string[];

const runsOnly: Values = ({ workspace }) => runIds(workspace);
const files: Values = ({ word }) => paths(word);
/** A slash says that it is no id. */
const or =
	(ids: Values): Values =>
	(typed) =>
		typed.word.includes("/") ? files(typed) : [...ids(typed), ...files(typed)];
const runsOrFiles = or(runsOnly);
const artifactsOrFiles = or(({ workspace }) => artifactIds(workspace));
const tasksOf: Values = (typed) => {
	const source = sourceOf(typed);
	return source === null ? [] : taskIds(typed.workspace, source);
};

const ARGUMENTS: Readonly<Record<string, Values>> = {
	run: (typed) => (typed.words.includes("eval") ? runsOrFiles : runsOnly)(typed),
	artifact: artifactsOrFiles,
	artifacts: artifactsOrFiles,
	target: artifactsOrFiles,
	traces: runsOrFiles,
	rollouts: runsOrFiles,
	results: runsOrFiles,
	id: tasksOf,
	tasks: files,
	samples: files,
	file: files,
};
const OPTIONS: Readonly<Record<string, Values>> = {
	resume: runsOnly,
	task: tasksOf,
	out: files,
	workspace: files,
	samples: files,
	splits: files,
	tasks: files,
};

/** Adds `completion <shell>`, and the hidden `complete` that the shell's script calls. It reads, and changes nothing. */
export function addCompletion(program: Command, writeOut: (text: string) => void): void {
	const root = tab(program, { completionCommandName: "completion" });
	program.commands
		.find((command) => command.name() === "completion")
		?.addHelpText("after", COMPLETION_EXAMPLES)
		.action((shell: string) => {
			if (shell === "bash") writeOut(BASH_COMPLETION);
			else root.setup("assay", "assay", shell);
		});
	for (const command of root.commands.values()) {
		const commandWords = command.value.split(" ").length;
		for (const [name, argument] of command.arguments) {
			const values = ARGUMENTS[name];
			if (values) argument.handler = offer(values, commandWords);
		}
		for (const [name, option] of command.options) {
			const values = OPTIONS[name];
			if (values) option.handler = offer(values, commandWords);
		}
	}
}

function offer(values: Values, commandWords: number) {
	return (complete: (value: string, description: string) => void): void => {
		const words = process.argv.slice(process.argv.indexOf("--") + 1);
		const last = words.at(-1) ?? "";
		const word = last.startsWith("--") ? last.slice(last.indexOf("=") + 1) : last;
		const workspace = optionValue(words, "--workspace") ?? process.env.ASSAY_WORKSPACE ?? ".";
		try {
			for (const value of values({ words, word, workspace, commandWords })) {
				if (!/[\t\n]/.test(value)) complete(value, "");
			}
		} catch {
			// Nobody can be told: the shell is in the middle of a line.
		}
	};
}

function optionValue(words: readonly string[], option: string): string | null {
	const at = words.indexOf(option);
	if (at >= 0) return words[at + 1] ?? null;
	return words.find((word) => word.startsWith(`${option}=`))?.slice(option.length + 1) ?? null;
}

/** The first argument: the file or folder of the tasks, or a run. */
function sourceOf({ words, commandWords }: Typed): string | null {
	const rest = words.slice(commandWords, -1);
	return rest.find((word, i) => !word.startsWith("-") && !/^--\w+$/.test(rest[i - 1] ?? "")) ?? null;
}
