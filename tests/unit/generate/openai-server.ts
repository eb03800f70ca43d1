import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
	path: string;
	headers: IncomingMessage["headers"];
	body: Record<string, unknown>;
}

/** What the server does with one request. */
export type Reply =
	| { kind: "tokens"; tokens: readonly string[]; logprobs?: readonly number[]; usage?: boolean; finish?: string }
	| { kind: "status"; status: number; headers?: Record<string, string>; body: string }
	/** A stream that begins and then says nothing more, or ends, or holds no JSON. */
	| { kind: "stalled" | "cut" | "garbage"; tokens: readonly string[] };

export interface ScriptedServer {
	readonly baseUrl: string;
	readonly asked: Asked[];
	/** Streams that were open when their reader went. */
	readonly abandoned: number;
	close(): Promise<void>;
}

/** A server that speaks the OpenAI protocol over a socket; `reply` is asked once for each request, with its number. */
export async function openScriptedServer(
	reply: (asked: Asked, number: number) => Reply | Promise<Reply>,
): Promise<ScriptedServer> {
	const asked: Asked[] = [];
	let abandoned = 0;
	const server: Server = createServer((request, response) => {
		void (async () => {
			const chunks: Buffer[] = [];
			for await (const chunk of request) chunks.push(chunk as Buffer);
			const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
			const own = { path: request.url ?? "", headers: request.headers, body };
			asked.push(own);
			response.on("close", () => {
				if (!response.writableFinished) abandoned++;
			});
			answer(response, own, await reply(own, asked.length - 1));
		})();
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}/v1`,
		asked,
		get abandoned() {
			return abandoned;
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		},
	};
}

function answer(response: ServerResponse, { path, body }: Asked, reply: Reply): void {
	if (reply.kind === "status") {
		response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers }).end(reply.body);
		return;
	}
	response.writeHead(200, { "content-type": "text/event-stream" });
	const isChat = path.endsWith("/chat/completions");
	const send = (value: unknown): void => void response.write(`data: ${JSON.stringify(value)}\n\n`);
	const base = { id: "1", created: 0, model: `${String(body.model)}-served` };
	const choice = (text: string, finish: string | null, logprob?: number) => {
		const content =
			logprob === undefined ? {} : { logprobs: { content: [{ token: text, logprob, top_logprobs: [] }] } };
		const plain = logprob === undefined ? {} : { logprobs: { token_logprobs: [logprob] } };
		return isChat
			? { index: 0, delta: { content: text }, finish_reason: finish, ...content }
			: { index: 0, text, finish_reason: finish, ...plain };
	};
	reply.tokens.forEach((token, index) => {
		const logprob = reply.kind === "tokens" && body.logprobs !== undefined ? reply.logprobs?.[index] : undefined;
		send({ ...base, choices: [choice(token, null, logprob)] });
	});
	if (reply.kind === "stalled") return;
	if (reply.kind === "garbage") {
		response.end("data: {not json\n\n");
		return;
	}
	if (reply.kind === "cut") {
		response.end();
		return;
	}
	if (reply.kind !== "tokens") return;
	send({ ...base, choices: [choice("", reply.finish ?? "stop")] });
	if (reply.usage !== false) {
		send({
			...base,
			choices: [],
			usage: { prompt_tokens: 11, completion_tokens: reply.tokens.length, total_tokens: 0 },
		});
	}
	response.end("data: [DONE]\n\n");
}
