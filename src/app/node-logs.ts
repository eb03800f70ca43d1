/** What one node of Slurm's said, in a log that several write to. */
export interface NodeLog {
	number: number;
	/** What Slurm calls it; null: this part of the log does not tell. */
	name: string | null;
	said: string;
	/** Status that its processes ended with, as srun told it; null: it did not, or they were ended. */
	code: number | null;
}

/** What each node says first, so that its number has a name. */
export const NODE_GREETING = "runs on";

/** A log whose lines `srun --label` has numbered, by node. */
export function nodesIn(text: string): NodeLog[] {
	const nodes = new Map<number, NodeLog>();
	const nodeOf = (number: number): NodeLog => {
		const node = nodes.get(number) ?? { number, name: null, said: "", code: null };
		nodes.set(number, node);
		return node;
	};
	for (const line of text.split("\n")) {
		const [, number, said = ""] = LABELLED.exec(line) ?? [];
		const [, name, task, code] = ENDED.exec(line) ?? [];
		if (number !== undefined) {
			const node = nodeOf(Number(number));
			node.name = GREETING.exec(said)?.[1] ?? node.name;
			node.said += `${said}\n`;
		} else if (name !== undefined && task !== undefined) {
			const node = nodeOf(Number(task));
			node.name = name;
			node.code ??= Number(code);
		}
	}
	return [...nodes.values()].sort((a, b) => a.number - b.number);
}

const LABELLED = /^ *(\d+): (.*)$/;
const GREETING = new RegExp(`^${NODE_GREETING} (\\S+)$`);
const ENDED = /^srun: error: (\S+): task (\d+): Exited with exit code (\d+)/;
