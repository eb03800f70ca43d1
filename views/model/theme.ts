import { THEMES } from "../../src/store/themes.js";
import { type Model, tell } from "./model.js";

/** Goes to the next theme, for this and the next start. */
export function nextTheme(model: Model): void {
	const { theme } = model.ui.getState();
	const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "dark";
	model.ui.setState({ theme: next, chosenTheme: next });
	tell(model, "note", `theme ${next}: ${THEMES.map((name) => (name === next ? `[${name}]` : name)).join(" ")}`);
}
