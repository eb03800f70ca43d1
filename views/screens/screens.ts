import type { ScreenId } from "../model/state.js";
import { bestOfNScreen } from "./best-of-n-screen.js";
import { checkpointsScreen } from "./checkpoints-screen.js";
import { energyScreen } from "./energy-screen.js";
import { logScreen } from "./log-screen.js";
import { runsScreen } from "./runs-screen.js";
import type { Screen } from "./screen.js";
import { tasksScreen } from "./tasks-screen.js";
import { tracesScreen } from "./traces-screen.js";
import { trainingScreen } from "./training-screen.js";

/** Every screen there is, in the order of the tabs. */
export const SCREENS: readonly Screen[] = [
	tasksScreen,
	bestOfNScreen,
	energyScreen,
	tracesScreen,
	trainingScreen,
	checkpointsScreen,
	runsScreen,
];

/** By digit or by name, of which the beginning will do: `2`, `best`. */
export function screenNamed(text: string): Screen | null {
	const wanted = text.trim().toLowerCase();
	return SCREENS.find(({ id, name }) => String(id) === wanted || name.toLowerCase().startsWith(wanted)) ?? null;
}

/** With the one that has no tab. */
export const ALL_SCREENS: readonly Screen[] = [...SCREENS, logScreen];

export function screenOf({ screen }: { screen: ScreenId }): Screen {
	return ALL_SCREENS.find(({ id }) => id === screen) ?? tasksScreen;
}
