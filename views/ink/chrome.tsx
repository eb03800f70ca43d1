import { Box, Text } from "ink";
import { Table } from "ink-table";
import type { DrawnDialog } from "../dialogs/draw-dialog.js";
import type { DrawnPane, Frame } from "../screens/frame.js";
import { dim } from "../text/style.js";

export interface ChromeProps {
	frame: Pick<Frame, "columns" | "rows"> & { panes: readonly Pick<DrawnPane, "box" | "focused">[] };
	ascii: boolean;
}

/** The borders of the panes. All texts are laid over them. */
export function Chrome({ frame, ascii }: ChromeProps) {
	return (
		<Box width={frame.columns} height={frame.rows} flexDirection="column" overflow="hidden">
			{frame.panes
				.filter(({ box }) => box.bordered)
				.map(({ box, focused }) => (
					<PaneBorder key={box.id} box={box} focused={focused} ascii={ascii} />
				))}
		</Box>
	);
}

function PaneBorder({ box, focused, ascii }: { box: DrawnPane["box"]; focused: boolean; ascii: boolean }) {
	return (
		<Box
			position="absolute"
			marginLeft={box.x}
			marginTop={box.y}
			width={box.width}
			height={box.height}
			borderStyle={ascii ? "classic" : "round"}
			borderDimColor={!focused}
			{...(focused ? { borderColor: "cyan" } : {})}
		/>
	);
}

/** A dialog, in a frame of its own. */
export function DialogBox({ dialog, ascii }: { dialog: DrawnDialog; ascii: boolean }) {
	return (
		<Box
			width={dialog.width}
			height={dialog.height}
			flexDirection="column"
			borderStyle={ascii ? "classic" : "round"}
			borderColor="cyan"
			paddingX={1}
			overflow="hidden"
		>
			{dialog.tables.length > 0 && (
				<Box columnGap={2} flexShrink={0}>
					{dialog.tables.map((table) => (
						<Table key={Object.keys(table[0] ?? {}).join()} data={table} />
					))}
				</Box>
			)}
			{[...dialog.rows, "", dim(dialog.keys)].map((row, i) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
				<Box key={i} height={1} flexShrink={0}>
					<Text wrap="truncate">{row === "" ? " " : row}</Text>
				</Box>
			))}
		</Box>
	);
}
