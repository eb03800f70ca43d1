import type { Model } from "./model.js";
import type { ScreenId } from "./state.js";

export function goToScreen(model: Model, screen: ScreenId): void {
	model.ui.setState({ screen, zoomed: false });
}
