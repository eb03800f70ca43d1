import type { Model } from "../model/model.js";
import { runItems } from "../model/run-actions.js";
import { type KeyTable, moveKeys } from "./binding.js";

export const runsKeys: KeyTable = {
	title: "Runs",
	bindings: [
		...moveKeys("run", {
			by: (m, rows) => moveRun(m, m.ui.getState().runsPosition + rows),
			page: (m) => m.scroll.page("runs"),
			toStart: (m) => moveRun(m, 0),
			toEnd: (m) => moveRun(m, Number.MAX_SAFE_INTEGER),
		}),
		{
			keys: ["enter"],
			label: "open the run",
			hint: 10,
			run: (m) => {
				runItems(m)[m.ui.getState().runsPosition]?.onPick();
			},
		},
	],
};

export function moveRun(m: Model, position: number): void {
	const last = runItems(m).length - 1;
	m.ui.setState({ runsPosition: Math.max(0, Math.min(position, last)) });
}
