import { AssayError } from "../../lib/errors.js";
import { redactorOf } from "./key.js";
import { PROVIDERS } from "./providers.js";

/** An own key of an upstream provider, for OpenRouter to use. */
export interface Registration {
	/** e.g. `openai`. */
	upstream: string;
	name: string | null;
	isFallback: boolean;
}

/** The request as people may see it: both keys are named and not shown. */
export interface RegistrationPreview {
	method: "POST";
	url: string;
	headers: Record<string, string>;
	body: Record<string, unknown>;
}

const URL_OF_KEYS = `${PROVIDERS.openrouter.baseUrl}/byok`;

export function previewRegistration(
	registration: Registration,
	sources: { managementKey: string; upstreamKey: string },
): RegistrationPreview {
	return {
		method: "POST",
		url: URL_OF_KEYS,
		headers: { authorization: `Bearer [key from ${sources.managementKey}]`, "content-type": "application/json" },
		body: bodyOf(registration, `[key from ${sources.upstreamKey}]`),
	};
}

/** Resolves to what the server answered, without either key. Throws `host` when it refused. */
export async function registerKey(
	registration: Registration,
	keys: { managementKey: string; upstreamKey: string },
	{ signal, send = fetch, url = URL_OF_KEYS }: { signal: AbortSignal; send?: typeof fetch; url?: string },
): Promise<string> {
	const redactors = [redactorOf(keys.managementKey), redactorOf(keys.upstreamKey)];
	const redact = (text: string): string => redactors.reduce((rest, redactor) => redactor(rest), text);
	let response: Response;
	try {
		response = await send(url, {
			method: "POST",
			headers: { authorization: `Bearer ${keys.managementKey}`, "content-type": "application/json" },
			body: JSON.stringify(bodyOf(registration, keys.upstreamKey)),
			redirect: "error",
			signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
		});
	} catch (error) {
		signal.throwIfAborted();
		throw new AssayError("host", `${url}: ${redact(error instanceof Error ? error.message : String(error))}`);
	}
	const text = redact(await response.text()).slice(0, 2000);
	if (response.ok) return text;
	throw new AssayError(
		"host",
		`${url}: refused with status ${response.status}: ${text.replace(/\s+/g, " ").slice(0, 300)}`,
	);
}

function bodyOf({ upstream, name, isFallback }: Registration, key: string): Record<string, unknown> {
	return { provider: upstream, key, ...(name === null ? {} : { name }), ...(isFallback ? { is_fallback: true } : {}) };
}
