/** More in one message would hold up the keys of the screens while it is unpacked. */
const BATCH_ITEMS = 256;
/** What comes within this time goes together; less than a frame. */
const GATHER_MS = 8;
/** On the way at the same time, so that reading goes on while the last batch is drawn. */
const BATCHES_UNDER_WAY = 2;

export interface Batches {
	add(item: unknown): void;
	/** The receiver has taken a batch. */
	more(): void;
	/** A source that can wait should do so, until there is room. */
	isFull(): boolean;
	room(): Promise<void>;
	/** Resolves when everything added has been sent. */
	sent(): Promise<void>;
}

/** Sends items in batches, no faster than they are taken. Nothing is lost: what cannot be sent yet is kept. */
export function createBatches(send: (items: unknown[]) => void): Batches {
	const waiting: unknown[] = [];
	let credit = BATCHES_UNDER_WAY;
	let timer: NodeJS.Timeout | null = null;
	let isFirst = true;
	let onSent: (() => void)[] = [];

	function flush(): void {
		if (timer !== null) clearTimeout(timer);
		timer = null;
		while (waiting.length > 0 && credit > 0) {
			credit--;
			isFirst = false;
			send(waiting.splice(0, BATCH_ITEMS));
		}
		for (const resolve of onSent) resolve();
		onSent = [];
	}
	function gather(): void {
		if (credit === 0) return;
		if (waiting.length >= BATCH_ITEMS) flush();
		else timer ??= setTimeout(flush, isFirst ? 0 : GATHER_MS);
	}
	const progress = () =>
		new Promise<void>((resolve) => {
			onSent.push(resolve);
		});
	return {
		add(item) {
			waiting.push(item);
			gather();
		},
		more() {
			credit++;
			if (waiting.length > 0) gather();
		},
		isFull: () => waiting.length >= 2 * BATCH_ITEMS,
		room: progress,
		async sent() {
			flush();
			while (waiting.length > 0) await progress();
		},
	};
}
