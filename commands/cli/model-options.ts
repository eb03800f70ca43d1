import { type Command, InvalidArgumentError, Option } from "commander";
import { numberIn, seconds, wholeNumber } from "./numbers.js";
import { collect } from "./options.js";

/** How a model is asked, for every command that asks one. */
export function addModelOptions(command: Command): Command {
	return command
		.optionsGroup("Model options:")
		.option(
			"--model <name>",
			"name on the server, or folder of an ONNX model (default there: the small one that ships)",
		)
		.option("--template <id>", "prompt template; `assay prompts list` shows them")
		.option("--temperature <number>", "0 always takes the likeliest token (default: 0.8)", numberIn(0, 5))
		.option("--top-p <number>", "share of the likeliest tokens to draw from (default: 0.95)", numberIn(0.0001, 1))
		.option("--max-tokens <number>", "longest completion (default: 1024; ONNX 256)", wholeNumber(1, 1_000_000))
		.option("--stop <text>", "text that ends a completion; may be given several times; \\n is a new line", collectText)
		.option("--no-logprobs", "do not ask for log-probabilities")
		.option("--concurrency <number>", "completions under way at once (default: 8)", wholeNumber(1, 4096))
		.option("--provider <name>", "server by its name: openai, openrouter, or one of assay.yaml")
		.option("--base-url <url>", "address of a server that speaks the OpenAI protocol")
		.addOption(new Option("--api <kind>", "endpoint (default: chat)").choices(["chat", "completion"]))
		.option("--key-env <name>", "environment variable that holds the key")
		.option("--key-file <file>", "file that holds the key and that only you can read (0600)")
		.option(
			"--max-attempts <number>",
			"requests for one completion, where the server fails (default: 5)",
			wholeNumber(1, 100),
		)
		.option("--first-token-timeout <seconds>", "wait so long for a server to begin its answer (default: 120)", seconds)
		.option("--stall-timeout <seconds>", "wait so long for more of an answer that has begun (default: 60)", seconds)
		.option("--price <prompt,completion>", "dollars for a million tokens, over those of assay.yaml", twoPrices)
		.option("--max-cost <dollars>", "spend no more than this, over all starts of the run", numberIn(1e-9, 1e9))
		.option("--max-total-tokens <number>", "use no more tokens than this, over all starts of the run", wholeNumber(1))
		.option("--allow-download", "an ONNX model may be fetched from the Hugging Face hub");
}

export function acceptedNumber(text: string): number {
	return text === "accepted" ? 1 : wholeNumber(1, 100_000)(text);
}

function twoPrices(text: string): readonly [number, number] {
	const [prompt = Number.NaN, completion = Number.NaN, ...more] = text.split(",").map(Number);
	if (more.length === 0 && prompt >= 0 && completion >= 0) return [prompt, completion];
	throw new InvalidArgumentError("Expected two numbers, e.g. 0.15,0.60.");
}

function collectText(text: string, earlier: string[] | undefined): string[] {
	return collect(text.replaceAll("\\n", "\n").replaceAll("\\t", "\t"), earlier);
}
