import type { GenerationConfig } from "../../domain/generation.js";
import type { ModelRequest } from "../language-model.js";
import { clientOf } from "./openai-model.js";
import { nothingYet, readStream } from "./stream.js";

/** A request as it would go out, byte for byte but for the key. */
export interface PreviewedRequest {
	method: string;
	url: string;
	headers: Record<string, string>;
	body: unknown;
}

/** Has the client library make the request, and keeps it instead of sending it. Reads no key. */
export async function previewRequest(
	{ model, logprobs, server }: GenerationConfig & { server: NonNullable<GenerationConfig["server"]> },
	asked: Pick<ModelRequest, "prompt" | "sampling" | "seed">,
): Promise<PreviewedRequest> {
	const source = server.keyFile ?? server.keyEnv;
	let kept: PreviewedRequest | null = null;
	const keep = (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
		const headers = Object.fromEntries(new Headers(init.headers));
		headers.authorization = source === null ? "Bearer none" : `Bearer [key from ${source}]`;
		const url = input instanceof Request ? input.url : String(input);
		kept = { method: init.method ?? "GET", url, headers, body: JSON.parse(String(init.body)) };
		return Promise.resolve(new Response("data: [DONE]\n\n", { headers: { "content-type": "text/event-stream" } }));
	};
	await readStream(
		clientOf(server, null, keep),
		asked,
		{
			api: server.api,
			model,
			dialect: { logprobs, streamOptions: true, maxTokens: "max_tokens" },
			connectMs: server.timeouts.connectMs,
			signal: new AbortController().signal,
			onArrival: () => {},
		},
		nothingYet(),
	);
	if (kept === null) throw new TypeError("the client library made no request");
	return kept;
}
