import type { ReadStream, WriteStream } from "node:tty";
import type { TerminalPort } from "../open-screens.js";
import type { TerminalModes } from "./modes.js";

/** After this time a stop that was asked for has happened, or never will. */
const NOT_STOPPED_MS = 100;

/** The real terminal. */
export function createTtyPort(stdin: ReadStream, stdout: WriteStream, modes: TerminalModes): TerminalPort {
	const ended = new AbortController();
	const listen = (target: NodeJS.EventEmitter, event: string, call: (text: string) => void) => {
		target.on(event, call);
		ended.signal.addEventListener("abort", () => target.off(event, call), { once: true });
	};
	let continued: () => void = () => {};
	let waiting: NodeJS.Timeout | undefined;
	let stopped: () => void = () => {};
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
		enter() {
			modes.enter();
			stdin.resume();
		},
		mouse: (on) => modes.mouse(on),
		leave() {
			stdin.pause();
			modes.leave();
		},
		onStop(call) {
			stopped = call;
			process.on("SIGTSTP", stopped);
		},
		suspend() {
			// A stop needs the signal's own effect.
			process.off("SIGTSTP", stopped);
			// The whole group, as a shell would stop a job: npm in front of us has to stop too.
			process.kill(0, "SIGTSTP");
			// Where no shell could continue us, the system does not stop us either: then go on.
			waiting = setTimeout(() => continued(), NOT_STOPPED_MS);
		},
		onContinue(call) {
			continued = () => {
				clearTimeout(waiting);
				process.off("SIGTSTP", stopped);
				if (ended.signal.aborted) return;
				process.on("SIGTSTP", stopped);
				call();
			};
			listen(process, "SIGCONT", () => continued());
		},
		close() {
			ended.abort();
			process.off("SIGTSTP", stopped);
			stdin.pause();
		},
	};
}
