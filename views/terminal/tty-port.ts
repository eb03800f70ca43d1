import type { ReadStream, WriteStream } from "node:tty";
import type { TerminalPort } from "../open-screens.js";

/** The real terminal. */
export function createTtyPort(stdin: ReadStream, stdout: WriteStream): TerminalPort {
	const ended = new AbortController();
	const listen = (target: NodeJS.EventEmitter, event: string, call: (text: string) => void) => {
		target.on(event, call);
		ended.signal.addEventListener("abort", () => target.off(event, call), { once: true });
	};
	let resume: (() => void) | null = null;
	return {
		columns: () => stdout.columns || 80,
		rows: () => stdout.rows || 24,
		write: (text) => stdout.write(text),
		onDrain: (call) => listen(stdout, "drain", call),
		onKeys(call) {
			stdin.setEncoding("utf8");
			listen(stdin, "data", call);
		},
		onResize: (call) => listen(stdout, "resize", call),
		setRaw(raw) {
			stdin.setRawMode(raw);
			if (raw) stdin.resume();
			else stdin.pause();
		},
		suspend(continued) {
			resume = continued;
			const back = () => {
				resume?.();
				resume = null;
			};
			process.once("SIGCONT", back);
			// The whole group, as a shell would stop a job: npm in front of us has to stop too.
			process.kill(0, "SIGTSTP");
		},
		close() {
			ended.abort();
			stdin.pause();
		},
	};
}
