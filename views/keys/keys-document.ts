import { ALL_SCREENS } from "../screens/screens.js";
import { type KeyBinding, type KeyTable, shownKey } from "./binding.js";
import { confirmKeys, pickKeys, readingKeys } from "./dialog-keys.js";
import { globalKeys } from "./global-keys.js";
import { messageLogKeys } from "./message-log-keys.js";
import { templateKeys } from "./template-keys.js";

const HEAD = `# Keys

Made from the key tables of the screens by \`npm run keys\`. \`?\` shows the keys of where you are; \`:\` or Ctrl-P finds a
command by its name and shows its key. \`^d\` is Ctrl-D, \`S-Tab\` is Shift-Tab. Ctrl-I is the same byte as Tab on most
terminals, so \`^y\` goes forward again after \`^o\`.
`;

/** The text of docs/keys.md. */
export function keysDocument(): string {
	const sections = [
		section(2, globalKeys),
		...ALL_SCREENS.flatMap((screen) => [
			`## ${screen.id} ${screen.name}\n\n${rows(screen.keys)}`,
			...Object.values(screen.panes).flatMap(({ keys }) => (keys ? [section(3, keys)] : [])),
		]),
		"## Dialogs\n\nThe command palette, the run dialog and filter lines take text; the last line says the other keys.\n",
		...[readingKeys, pickKeys, confirmKeys, messageLogKeys, templateKeys].map((table) => section(3, table)),
	];
	return `${HEAD}\n${sections.join("\n")}`;
}

const section = (level: number, table: KeyTable) => `${"#".repeat(level)} ${table.title}\n\n${rows(table)}`;

function rows(table: KeyTable): string {
	const lines = table.bindings.map((binding) => `| ${keysOf(binding)} | ${labelOf(binding)} |`);
	return `| key | does |\n|---|---|\n${[...new Set(lines)].join("\n")}\n`;
}

const keysOf = (binding: KeyBinding) =>
	binding.keys.map((key) => quoted(escaped(shownKey({ ...binding, keys: [key], shown: "" })))).join(" ");
const labelOf = ({ command, label }: KeyBinding) => escaped(command ?? label);
/** A backquote needs longer ones around it. */
const quoted = (key: string) => (key.includes("`") ? `\`\` ${key} \`\`` : `\`${key}\``);
const escaped = (text: string) => text.replaceAll("|", "\\|");
