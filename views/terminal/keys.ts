import { MOUSE_START, type MousePress, readMouse } from "./mouse.js";

/** A key by name ("j", "G", "up", "ctrl-d", "f8", "enter"), or text that was pasted. */
export type KeyPress = { kind: "key"; name: string } | { kind: "paste"; text: string };
/** What a person does at the terminal. */
export type Press = KeyPress | MousePress;

const ESCAPE_WAIT_MS = 20;
/** The end of pasted text comes within this time, or never: then what came is taken, so that keys work again. */
const PASTE_WAIT_MS = 1000;
/** The same for a report of the mouse, which nobody types: its rest must not be taken for keys. */
const MOUSE_WAIT_MS = 1000;
const PASTE_START = "\x1b[200~";
const PASTE_END = "\x1b[201~";
const FINAL_NAMES: Readonly<Record<string, string>> = {
	A: "up",
	B: "down",
	C: "right",
	D: "left",
	H: "home",
	F: "end",
	Z: "shift-tab",
	P: "f1",
	Q: "f2",
	R: "f3",
	S: "f4",
};
const TILDE_NAMES: Readonly<Record<string, string>> = {
	"1": "home",
	"2": "insert",
	"3": "delete",
	"4": "end",
	"5": "pageup",
	"6": "pagedown",
	"7": "home",
	"8": "end",
	"11": "f1",
	"12": "f2",
	"13": "f3",
	"14": "f4",
	"15": "f5",
	"17": "f6",
	"18": "f7",
	"19": "f8",
	"20": "f9",
	"21": "f10",
	"23": "f11",
	"24": "f12",
};
const CONTROL_NAMES: Readonly<Record<number, string>> = {
	0: "ctrl-space",
	8: "backspace",
	9: "tab",
	10: "enter",
	13: "enter",
	27: "esc",
	127: "backspace",
};
/** An escape sequence that has not ended after this many characters is none. */
const MAX_SEQUENCE = 32;
/** Introducers of strings that a terminal may send as an answer: device control, title, privacy and command strings. */
const STRING_STARTS = "P]^_X";
const MAX_STRING = 8192;
/** A mouse report of old terminals: three bytes follow, whatever they are. */
const OLD_MOUSE = "\x1b[M";
const OLD_MOUSE_LENGTH = OLD_MOUSE.length + 3;

export interface KeyReader {
	feed(text: string): void;
	close(): void;
}

/** Turns what a terminal sends into keys. A lone Escape is told from the start of a sequence by a short wait. */
export function createKeyReader(
	press: (press: Press) => void,
	after: (ms: number, run: () => void) => () => void,
): KeyReader {
	let pending = "";
	let callOff: (() => void) | null = null;

	function drain(flush: boolean): void {
		while (pending !== "") {
			const taken = takeKey(pending, flush);
			if (taken === null) break;
			pending = pending.slice(taken.length);
			if (taken.press) press(taken.press);
		}
		if (pending === "") return;
		callOff = after(waitMs(pending), () => drain(true));
	}
	return {
		feed(text) {
			callOff?.();
			callOff = null;
			pending += text;
			drain(false);
		},
		close() {
			callOff?.();
			callOff = null;
			pending = "";
		},
	};
}

function waitMs(pending: string): number {
	if (pending.startsWith(PASTE_START)) return PASTE_WAIT_MS;
	return pending.startsWith(MOUSE_START) ? MOUSE_WAIT_MS : ESCAPE_WAIT_MS;
}

interface Taken {
	length: number;
	/** null: it means nothing here. */
	press: Press | null;
}

/** null: more has to come before it can be told. */
function takeKey(text: string, flush: boolean): Taken | null {
	if (text.startsWith(PASTE_START)) {
		const end = text.indexOf(PASTE_END);
		if (end < 0 && flush)
			return { length: text.length, press: { kind: "paste", text: text.slice(PASTE_START.length) } };
		if (end < 0) return null;
		return { length: end + PASTE_END.length, press: { kind: "paste", text: text.slice(PASTE_START.length, end) } };
	}
	if (text.charAt(0) !== "\x1b") {
		const char = String.fromCodePoint(text.codePointAt(0) ?? 0xfffd);
		return { length: char.length, press: named(plainName(char)) };
	}
	if (text.length === 1) return flush ? { length: 1, press: named("esc") } : null;
	if (text.startsWith(OLD_MOUSE)) {
		return text.length >= OLD_MOUSE_LENGTH || flush
			? { length: Math.min(text.length, OLD_MOUSE_LENGTH), press: null }
			: null;
	}
	const second = text.charAt(1);
	if (STRING_STARTS.includes(second)) return takeString(text, flush);
	if (second === "[" || second === "O") return takeSequence(text, flush);
	if (second === "\x1b") return { length: 1, press: named("esc") };
	const char = String.fromCodePoint(text.codePointAt(1) ?? 0xfffd);
	return { length: 1 + char.length, press: named(`alt-${plainName(char)}`) };
}

/** An answer of the terminal, up to its BEL or ST. Nothing in it is a key. */
function takeString(text: string, flush: boolean): Taken | null {
	const end = /\x07|\x1b\\|\x9c/.exec(text);
	if (end) return { length: end.index + end[0].length, press: null };
	// Alt with this letter, pressed by hand: nothing follows.
	if (text.length === 2) return flush ? { length: 2, press: named(`alt-${text.charAt(1)}`) } : null;
	return flush || text.length > MAX_STRING ? { length: text.length, press: null } : null;
}

function takeSequence(text: string, flush: boolean): Taken | null {
	let i = 2;
	while (i < text.length && (text.charCodeAt(i) < 0x40 || text.charCodeAt(i) > 0x7e)) i++;
	// The Linux console sends F1 to F5 as ESC [ [ A to E.
	if (text.charAt(i) === "[" && i === 2) i++;
	if (i >= text.length) return flush || i > MAX_SEQUENCE ? { length: text.length, press: null } : null;
	if (text.startsWith(MOUSE_START)) return { length: i + 1, press: readMouse(text.slice(0, i + 1)) };
	const final = text.charAt(i);
	const [code = "", modifier = "1"] = text.slice(2, i).split(";");
	const name = final === "~" ? TILDE_NAMES[code] : FINAL_NAMES[final];
	const bits = Number(modifier) - 1;
	const prefix = `${bits & 4 ? "ctrl-" : ""}${bits & 2 ? "alt-" : ""}${bits & 1 ? "shift-" : ""}`;
	return { length: i + 1, press: name === undefined ? null : named(prefix + name) };
}

function plainName(char: string): string {
	const code = char.codePointAt(0) ?? 0;
	if (char === " ") return "space";
	const special = CONTROL_NAMES[code];
	if (special !== undefined) return special;
	if (code < 32) return `ctrl-${String.fromCharCode(code + 96)}`;
	return char;
}

function named(name: string): KeyPress {
	return { kind: "key", name };
}
