import { describe, expect, test } from "vitest";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

async function recorded(options: Parameters<typeof openInMemory>[0]): Promise<ScreenInMemory> {
	const screen = openInMemory(options);
	await screen.until((text) => text.includes("sandbox bwrap") && text.includes("fizzbuzz"));
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	return screen;
}

describe("the charts of a run", () => {
	test("C shows them in place of the board where there is one pane, and C or Esc takes them away", async () => {
		const screen = await recorded({ columns: 80, rows: 24 });
		screen.keys("C");
		await screen.until(
			(text) => text.includes("Charts [all]") && text.includes("48 judged") && !text.includes("Board"),
		);
		screen.keys("C");
		await screen.until((text) => text.includes("Board") && !text.includes("Charts"));
		screen.keys("C\x1b");
		await screen.until((text) => text.includes("Board") && !text.includes("Charts"));
	});

	test("[ and ] go from chart to chart, each in the whole pane", async () => {
		const screen = await recorded({ columns: 80, rows: 24 });
		screen.keys("C");
		for (const [chart, shows] of [
			["verdicts", /✓ accepted +█+ +12 +25\.0 %/],
			["cpu", /accepted {2}░ not accepted {2}▒ both/],
			["pass@k", /k = 1 to 8: 0\.250 to 1\.000/],
			["pace", /most \d+\/s/],
			["map", /two_sum +-✓✗!T✓C✗/],
			["all", /48 judged/],
		] as const) {
			screen.keys("]");
			await screen.until((text) => text.includes(`[${chart}]`) && shows.test(text));
		}
		screen.keys("[");
		await screen.until((text) => text.includes("[map]"));
	});

	test("the crosshair names the value at a point of the line", async () => {
		const screen = await recorded({ columns: 80, rows: 24 });
		screen.keys("C]]]hhh");
		await screen.until((text) => /@6: .* pass@k 0\.\d+/.test(text));
		screen.keys("hhhhhhhhhhhhhhhhhh");
		await screen.until((text) => /@1: .* pass@k 0\.25/.test(text));
	});

	test("they stand beside board and candidate from 160 columns on, and change with the replay", async () => {
		const screen = await recorded({ columns: 160, rows: 45 });
		await screen.until((text) => text.includes("Charts") && text.includes("Board") && text.includes("[code]"));
		screen.keys("0");
		await screen.until((text) => text.includes("0 judged") && text.includes("no task judged yet"));
		screen.keys("}}}");
		await screen.until((text) => text.includes("3 judged"));
	});

	test("a run that has not begun has charts that say so", async () => {
		const screen = openInMemory({ columns: 160, rows: 45, workbench: createFakeWorkbench({ pace: () => {} }) });
		await screen.until((text) => text.includes("fizzbuzz"));
		screen.keys("r\r");
		await screen.until((text) => text.includes("nothing measured yet"));
	});

	test("without Unicode they are drawn in ASCII", async () => {
		const screen = await recorded({ columns: 160, rows: 45, look: { ascii: true } });
		screen.keys("C]]]");
		await screen.until((text) => text.includes("[pass@k]") && text.includes("***"));
		expect(screen.written()).not.toMatch(/[^\x00-\x7f]/);
	});
});

describe("the task list after runs", () => {
	test("has the candidates of the last run by their signs, and the trend over the runs", async () => {
		const screen = openInMemory({ columns: 80, rows: 24 });
		await screen.until((text) => text.includes("fizzbuzz"));
		expect(await screen.text()).not.toContain("trend");
		screen.keys("r\r");
		await screen.until((text) => /run \S+ completed/.test(text));
		screen.keys("1");
		await screen.until((text) => text.includes("trend") && /two_sum .* ✓ 2\/8 ▃ +-✓✗!T✓C✗/.test(text));
		screen.keys("2R");
		await screen.until((text) => /run \S+ completed/.test(text));
		screen.keys("1");
		await screen.until((text) => /two_sum .* ✓ 2\/8 ▃▃ +-✓✗!T✓C✗/.test(text));
	});
});
