import { Box, render, Text } from "ink";
import { expect, test } from "vitest";
import { createFakeKeyboard, FakeTerminal } from "../../views/ink/fake-streams.js";

// What the screens need from the pinned Ink. Every change of that version has to pass here first.
function mount(columns = 40, rows = 10) {
	const writes: string[] = [];
	class Recorder extends FakeTerminal {
		override write(text: string | Uint8Array, ...rest: unknown[]): boolean {
			writes.push(String(text));
			return super.write(text, ...rest);
		}
	}
	const terminal = new Recorder(columns, rows);
	const instance = render(null, {
		stdout: terminal as unknown as NodeJS.WriteStream,
		stdin: createFakeKeyboard(),
		debug: true,
		interactive: true,
		patchConsole: false,
		exitOnCtrlC: false,
	});
	return { terminal, instance, writes };
}

test("a rerender is drawn when it returns, as one frame with every row", () => {
	const { terminal, instance } = mount();
	const before = terminal.frames;
	instance.rerender(
		<Box width={40} height={10}>
			<Text>one</Text>
		</Box>,
	);
	expect(terminal.frames).toBe(before + 1);
	expect(terminal.frame.length).toBe(10);
	expect(terminal.frame[0]).toContain("one");
	instance.unmount();
});

test("the frame takes the new size after a resize", () => {
	const { terminal, instance } = mount();
	const box = (width: number, height: number) => <Box width={width} height={height} borderStyle="round" />;
	instance.rerender(box(40, 10));
	terminal.resize(60, 12);
	instance.rerender(box(60, 12));
	expect(terminal.frame.length).toBe(12);
	expect((terminal.frame[0] ?? "").replace(/\x1b\[[0-9;]*m/g, "").length).toBe(60);
	instance.unmount();
});

test("styles inside a text are kept and text is cut to its box", () => {
	const { terminal, instance } = mount();
	instance.rerender(
		<Box width={8} height={1}>
			<Text wrap="truncate">{"\x1b[7mab\x1b[27mcdefghijklmnop"}</Text>
		</Box>,
	);
	const row = terminal.frame[0] ?? "";
	expect(row).toContain("\x1b[7mab\x1b[27m");
	expect(row.replace(/\x1b\[[0-9;]*m/g, "").length).toBe(8);
	instance.unmount();
});

test("absolute boxes lie where their margins say", () => {
	const { terminal, instance } = mount();
	instance.rerender(
		<Box width={40} height={10}>
			<Box position="absolute" marginLeft={5} marginTop={3} width={10} height={4} borderStyle="classic" />
		</Box>,
	);
	expect(terminal.frame[3]?.slice(5, 15)).toBe("+--------+");
	expect(terminal.frame[6]?.slice(5, 15)).toBe("+--------+");
	instance.unmount();
});

test("the screen and the scrollback are never erased, and nothing is drawn at rest", async () => {
	const { terminal, instance, writes } = mount();
	instance.rerender(<Text>x</Text>);
	const { frames } = terminal;
	for (let turn = 0; turn < 50; turn++) await new Promise((next) => setImmediate(next));
	expect(terminal.frames).toBe(frames);
	instance.unmount();
	expect(writes.join("")).not.toMatch(/\x1b\[[23]J/);
});
