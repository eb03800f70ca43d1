import type { Model } from "../model/model.js";
import type { Pane, Screen } from "../screens/screen.js";
import { ALL_SCREENS, screenOf } from "../screens/screens.js";
import type { KeyTable } from "./binding.js";
import { globalKeys } from "./global-keys.js";

/** The tables of what lies below any dialog: pane, screen, everywhere. */
export function tablesOf(model: Model): KeyTable[] {
	const screen = screenOf(model.ui.getState());
	return tablesOfPane(screen, screen.panes[screen.focus(model)]);
}

function tablesOfPane(screen: Screen, pane: Pane | undefined): KeyTable[] {
	return [...(pane?.keys ? [pane.keys] : []), screen.keys, globalKeys];
}

/** Every set of tables that can be active together, for tests and documents. */
export function allTableSets(): { name: string; tables: KeyTable[] }[] {
	return ALL_SCREENS.flatMap((screen) =>
		Object.entries(screen.panes).map(([id, pane]) => ({
			name: `${screen.name}, ${id}`,
			tables: tablesOfPane(screen, pane),
		})),
	);
}
