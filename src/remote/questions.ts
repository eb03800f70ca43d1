import type { HostKey } from "./known-hosts.js";

/** What only a person can answer. */
export interface Questions {
	/** Whether a key that was never seen is that of the host. */
	acceptsHostKey(host: string, key: HostKey): Promise<boolean>;
	/** null: none is given. `attempt` counts from 1. */
	passphrase(file: string, attempt: number): Promise<string | null>;
}
