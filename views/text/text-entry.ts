import type { KeyPress } from "../terminal/keys.js";
import { visible } from "../text/cells.js";

const MAX_LENGTH = 200;

/** The text after a key, or null when the key does not change it. */
export function editText(text: string, press: KeyPress): string | null {
	if (press.kind === "paste") return (text + visible(press.text.split("\n")[0] ?? "")).slice(0, MAX_LENGTH);
	const { name } = press;
	if (name === "backspace") return [...text].slice(0, -1).join("");
	if (name === "ctrl-u") return "";
	if (name === "ctrl-w") return text.replace(/\S*\s*$/, "");
	if (name === "space") return `${text} `;
	return [...name].length === 1 ? (text + name).slice(0, MAX_LENGTH) : null;
}
