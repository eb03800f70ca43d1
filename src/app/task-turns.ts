interface TaskQueue {
	/** Those that are under way, and those that wait. */
	all: number;
	underWay: number;
	/** Called when there may be room, in the order in which they came. */
	waiting: (() => void)[];
}

/** Lets no more candidates of a task be under way than it still wants, until their verdicts. */
export class TaskTurns {
	readonly #wanted: (taskId: string) => number;
	readonly #queues = new Map<string, TaskQueue>();

	/** `wanted`: how many more a task can do with now. One that wants none any more holds nobody up. */
	constructor(wanted: (taskId: string) => number) {
		this.#wanted = wanted;
	}

	/** Rejects with the signal's reason when it fires before the work has begun. */
	async use<T>(taskId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		const queue = this.#queues.get(taskId) ?? { all: 0, underWay: 0, waiting: [] };
		this.#queues.set(taskId, queue);
		queue.all++;
		try {
			while (!this.#hasRoom(taskId, queue)) await turnIn(queue, signal);
			return await underWay(queue, work);
		} finally {
			if (--queue.all === 0) this.#queues.delete(taskId);
		}
	}

	#hasRoom(taskId: string, { underWay }: TaskQueue): boolean {
		const wanted = this.#wanted(taskId);
		return wanted <= 0 || underWay < wanted;
	}
}

async function underWay<T>(queue: TaskQueue, work: () => Promise<T>): Promise<T> {
	queue.underWay++;
	try {
		return await work();
	} finally {
		queue.underWay--;
		for (const wake of queue.waiting.splice(0)) wake();
	}
}

async function turnIn({ waiting }: TaskQueue, signal: AbortSignal): Promise<void> {
	signal.throwIfAborted();
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const abandon = (): void => reject(signal.reason);
	waiting.push(resolve);
	signal.addEventListener("abort", abandon, { once: true });
	try {
		await promise;
	} finally {
		signal.removeEventListener("abort", abandon);
	}
}
