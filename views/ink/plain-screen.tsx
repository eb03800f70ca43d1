import { Box, Text } from "ink";
import type { DrawnPane, Frame } from "../screens/frame.js";
import { innerOf } from "../screens/layout.js";
import { Chrome, DialogBox } from "./chrome.js";

/** The same frame drawn by Ink alone, for when the compositor is switched off. */
export function PlainScreen({ frame, ascii }: { frame: Frame; ascii: boolean }) {
	const { dialog } = frame;
	if (frame.tooSmall !== null) return <Text wrap="truncate">{frame.tooSmall}</Text>;
	return (
		<Box width={frame.columns} height={frame.rows} overflow="hidden">
			<Chrome frame={dialog ? { ...frame, panes: [] } : frame} ascii={ascii} />
			<Rows x={0} y={0} width={frame.columns} rows={[frame.header, ...frame.info]} />
			{dialog ? (
				<Box position="absolute" marginLeft={dialog.x} marginTop={dialog.y}>
					<DialogBox dialog={dialog} ascii={ascii} />
					<Rows x={2} y={0} width={dialog.width - 4} rows={[` ${dialog.title} `]} />
				</Box>
			) : (
				frame.panes.map((pane) => <PaneRows key={pane.box.id} pane={pane} />)
			)}
			<Rows
				x={0}
				y={frame.rows - 1 - frame.notice.length}
				width={frame.columns}
				rows={[...frame.notice, frame.hints]}
			/>
		</Box>
	);
}

function PaneRows({ pane }: { pane: DrawnPane }) {
	const inner = innerOf(pane.box);
	const inset = pane.box.bordered ? 2 : 0;
	return (
		<>
			<Rows x={pane.box.x + inset} y={pane.box.y} width={pane.box.width - 2 * inset} rows={[pane.title]} />
			<Rows x={inner.x} y={inner.y} width={inner.width} rows={pane.rows.slice(0, inner.height)} />
		</>
	);
}

function Rows({ x, y, width, rows }: { x: number; y: number; width: number; rows: readonly string[] }) {
	return (
		<Box position="absolute" marginLeft={x} marginTop={y} flexDirection="column">
			{rows.map((row, i) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
				<Box key={i} width={width} height={1} flexShrink={0}>
					<Text wrap="truncate">{row === "" ? " " : row}</Text>
				</Box>
			))}
		</Box>
	);
}
