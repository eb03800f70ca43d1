import { newSha256 } from "../../lib/hash.js";

/**
 * `fetch` for files of a hub: what arrives must be as long as the server says, and have the checksum that the hub tells of
 * large files (`X-Linked-Etag`, on its redirect), or else reading it fails at the end. So no cut or changed file gets into
 * the cache. A key goes to the hub alone, not to where it redirects.
 */
export async function checkedFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
	const url = input instanceof Request ? input.url : String(input);
	const first = await fetch(url, { ...init, redirect: "manual" });
	const location = first.headers.get("location");
	const isRedirect = first.status >= 300 && first.status < 400 && location !== null;
	const response = isRedirect ? await fetch(new URL(location, url), withoutKey(init)) : first;
	if (response.status !== 200 || response.body === null) return response;
	const length = first.headers.get("x-linked-size") ?? lengthOf(response);
	const checksum = /^"?([0-9a-f]{64})"?$/.exec(first.headers.get("x-linked-etag") ?? "")?.[1] ?? null;
	return new Response(response.body.pipeThrough(checking(url, length === null ? null : Number(length), checksum)), {
		status: response.status,
		headers: response.headers,
	});
}

/** Of a body that arrives packed, the header says how long it is packed. */
function lengthOf(response: Response): string | null {
	return response.headers.has("content-encoding") ? null : response.headers.get("content-length");
}

function withoutKey(init: RequestInit): RequestInit {
	const headers = new Headers(init.headers);
	headers.delete("authorization");
	return { ...init, headers };
}

function checking(
	url: string,
	length: number | null,
	checksum: string | null,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
	const hash = newSha256();
	let bytes = 0;
	return new TransformStream({
		transform(chunk, controller) {
			bytes += chunk.length;
			hash.update(chunk);
			controller.enqueue(chunk);
		},
		flush(controller) {
			const sum = hash.digest("hex");
			if (length !== null && bytes !== length) {
				controller.error(new Error(`${url}: ${bytes} of ${length} bytes arrived`));
			} else if (checksum !== null && sum !== checksum) {
				controller.error(
					new Error(`${url}: arrived changed: its checksum is ${sum.slice(0, 16)}…, not ${checksum.slice(0, 16)}…`),
				);
			}
		},
	});
}
