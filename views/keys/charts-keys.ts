import { hasLine, moveChart, moveCrosshair } from "../model/chart-actions.js";
import type { KeyTable } from "./binding.js";

export const chartsKeys: KeyTable = {
	title: "Charts",
	bindings: [
		{
			keys: ["down", "j"],
			shown: "j k",
			label: "next and previous chart",
			hint: 10,
			hintLabel: "chart",
			inPalette: false,
			run: (m) => moveChart(m, 1),
		},
		{ keys: ["up", "k"], shown: "k", label: "previous chart", inPalette: false, run: (m) => moveChart(m, -1) },
		{
			keys: ["left", "h"],
			shown: "h l",
			label: "crosshair: the value at a point of the line",
			hint: 15,
			hintLabel: "crosshair",
			inPalette: false,
			enabled: hasLine,
			run: (m) => moveCrosshair(m, -1),
		},
		{
			keys: ["right", "l"],
			label: "crosshair right",
			inPalette: false,
			enabled: hasLine,
			run: (m) => moveCrosshair(m, 1),
		},
		{
			keys: ["Y"],
			label: "powers of ten up the side of lines, or not",
			hint: 20,
			hintLabel: "log scale",
			command: "log scale",
			enabled: hasLine,
			run: (m) => m.ui.setState((was) => ({ logScale: !was.logScale })),
		},
	],
};
