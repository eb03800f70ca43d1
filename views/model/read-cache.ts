export type Read<T> = { state: "reading" } | { state: "read"; value: T } | { state: "failed"; message: string };

/** Things are read when they are looked at; the last ones looked at are kept. */
export interface ReadCache {
	read<T>(key: string, load: () => Promise<T>): Read<T>;
	/** Resolves when what is being read now has been read, or has failed. */
	settled(): Promise<void>;
}

export function createReadCache(changed: () => void, kept = 64): ReadCache {
	const entries = new Map<string, { read: Read<unknown> }>();
	const pending = new Set<Promise<void>>();
	return {
		read<T>(key: string, load: () => Promise<T>): Read<T> {
			const known = entries.get(key);
			if (known) {
				entries.delete(key);
				entries.set(key, known);
				// One key is always read by the same kind of load.
				return known.read as Read<T>;
			}
			const entry: { read: Read<T> } = { read: { state: "reading" } };
			entries.set(key, entry);
			const [oldest] = entries.keys();
			if (entries.size > kept && oldest !== undefined) entries.delete(oldest);
			const done = load().then(
				(value) => {
					entry.read = { state: "read", value };
					changed();
				},
				(error: unknown) => {
					entry.read = { state: "failed", message: error instanceof Error ? error.message : String(error) };
					changed();
				},
			);
			pending.add(done);
			void done.then(() => pending.delete(done));
			return entry.read;
		},
		async settled() {
			await Promise.all(pending);
		},
	};
}
