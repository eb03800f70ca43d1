import type { CapturedOutput, Status, TestResult } from "../domain/verdict.js";

/** What the public tests said of a program. */
export interface PublicResult {
	status: Status;
	message: string | null;
	/** Line in the program. */
	line: number | null;
	passed: number;
	tests: readonly Pick<TestResult, "id" | "status" | "message" | "line">[];
	output: CapturedOutput;
}

const MOST_TESTS = 5;
const MOST_MESSAGE = 600;
const MOST_OUTPUT = 800;
const WORDS: Partial<Record<Status, string>> = {
	compile_error: "It does not compile",
	runtime_error: "It stops with an error",
	time_limit_exceeded: "It takes too long",
	memory_limit_exceeded: "It takes too much memory",
	output_limit_exceeded: "It prints too much",
	no_code: "There is no program in the answer",
};

/**
 * What a model is told: which public tests fail, with their text and what came out, and what the program printed; all of
 * it cut to a size that leaves room for the task. `sources` are the public tests as the model may see them, in order.
 */
export function feedbackOf(result: PublicResult, sources: readonly string[]): string {
	const failing = result.tests.flatMap((test, index) =>
		test.status === "passed" ? [] : [{ test, source: sources[index] }],
	);
	const parts: string[] = [];
	const general = WORDS[result.status];
	if (general !== undefined) {
		const place = result.line === null ? "" : ` (line ${result.line})`;
		parts.push(`${general}${place}${result.message === null ? "." : `: ${cut(result.message, MOST_MESSAGE)}`}`);
	}
	for (const { test, source } of failing.slice(0, MOST_TESTS)) {
		if (test.status === "not_run") continue;
		parts.push(
			`Test ${test.id} fails:\n${source?.trim() ?? ""}${test.message === null ? "" : `\n${cut(test.message, MOST_MESSAGE)}`}`,
		);
	}
	if (failing.length > MOST_TESTS) parts.push(`${failing.length - MOST_TESTS} more tests fail.`);
	const printed = result.output.head + (result.output.tail === "" ? "" : `\n…\n${result.output.tail}`);
	if (printed.trim() !== "") parts.push(`It printed:\n${cut(printed.trimEnd(), MOST_OUTPUT)}`);
	return parts.length === 0 ? "It fails its public tests." : parts.join("\n\n");
}

/** The beginning and the end, the end being where errors name themselves. */
function cut(text: string, most: number): string {
	if (text.length <= most) return text;
	const half = Math.floor((most - 20) / 2);
	return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters …\n${text.slice(-half)}`;
}
