import type { Surroundings } from "./look.js";

/** How text gets to the clipboard of the terminal a person sits at, also over ssh. */
export type Clipboard = "osc52" | "tmux" | "screen" | "none";

/** Terminals and multiplexers drop longer sequences, some without a word. */
const MAX_BASE64 = 100_000;

export function clipboardFor(env: Surroundings & { TMUX?: string | undefined; STY?: string | undefined }): Clipboard {
	if (env.TERM === "dumb" || env.TERM === "linux") return "none";
	if (env.TMUX) return "tmux";
	return env.STY ? "screen" : "osc52";
}

/** The bytes that put `text` on the clipboard (OSC 52); null where that cannot work, or the text is too long for it. */
export function clipboardSequence(text: string, clipboard: Clipboard): string | null {
	const base64 = Buffer.from(text, "utf8").toString("base64");
	if (clipboard === "none" || base64.length > MAX_BASE64) return null;
	const plain = `\x1b]52;c;${base64}\x07`;
	// tmux takes the plain one for its own buffer, and hands on the wrapped one; each may be switched off.
	if (clipboard === "tmux") return `\x1bPtmux;${plain.replaceAll("\x1b", "\x1b\x1b")}\x1b\\${plain}`;
	return clipboard === "screen" ? `\x1bP${plain}\x1b\\` : plain;
}
