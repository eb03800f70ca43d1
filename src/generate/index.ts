import { AssayError } from "../lib/errors.js";
import type { Backend } from "./backend.js";
import { mock } from "./mock.js";
import { noop } from "./noop.js";
import { patch } from "./patch.js";
import { recorded } from "./static.js";

const BACKEND_IDS = ["noop", "patch", "static", "mock"] as const;
export type BackendId = (typeof BACKEND_IDS)[number];

export const backends = { noop, patch, static: recorded, mock } satisfies Record<BackendId, Backend>;

export function backendOf(id: string): Backend {
	const known = BACKEND_IDS.find((other) => other === id);
	if (known !== undefined) return backends[known];
	throw new AssayError("usage", `no backend is called ${JSON.stringify(id)}`, {
		hint: `known: ${BACKEND_IDS.join(", ")}`,
	});
}
