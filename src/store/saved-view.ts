import { TASK_SORTS, type TaskSort } from "./task-table.js";
import { THEMES, type ThemeName } from "./themes.js";

/** The screens with a tab, by the digit that goes to each. */
const SCREENS = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** Where the screens were left, kept in the workspace so that the next start goes on there. It may be deleted. */
export interface SavedView {
	schemaVersion: 1;
	/** The tasks file or folder that the list's part belongs to. */
	tasksPath: string;
	screen: (typeof SCREENS)[number];
	taskId: string | null;
	filter: string;
	sort: TaskSort;
	reversed: boolean;
	runId: string | null;
	candidate: { taskId: string; sampleIndex: number } | null;
	stripShown: boolean;
	wraps: boolean;
	/** null: whatever fits the terminal. */
	theme: ThemeName | null;
	/** Commands run from the palette, the last one first. */
	recentCommands: string[];
}

type Check<T> = (value: unknown) => value is T;

const isText = (value: unknown): value is string => typeof value === "string";
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
const isCount = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0;
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isOneOf =
	<T>(values: readonly T[]): Check<T> =>
	(value): value is T =>
		values.some((known) => known === value);
const orNull =
	<T>(check: Check<T>): Check<T | null> =>
	(value): value is T | null =>
		value === null || check(value);
const isRecord =
	<T extends object>(checks: { [Key in keyof T]: Check<T[Key]> }): Check<T> =>
	(value): value is T =>
		typeof value === "object" &&
		value !== null &&
		Object.keys(value).every((key) => Object.hasOwn(checks, key)) &&
		Object.entries<Check<unknown>>(checks).every(([key, check]) => check(Reflect.get(value, key)));

/** Without zod, whose loading is a large part of the time to the first frame. */
const isSavedView = isRecord<SavedView>({
	schemaVersion: isOneOf([1] as const),
	tasksPath: isText,
	screen: isOneOf(SCREENS),
	taskId: orNull(isText),
	filter: isText,
	sort: isOneOf(TASK_SORTS),
	reversed: isFlag,
	runId: orNull(isText),
	candidate: orNull(isRecord<{ taskId: string; sampleIndex: number }>({ taskId: isText, sampleIndex: isCount })),
	stripShown: isFlag,
	wraps: isFlag,
	theme: orNull(isOneOf(THEMES)),
	recentCommands: isTexts,
});

/** null: it is none, or one of another version. Of those of before, two fields may be missing. */
export function parseSavedView(text: string): SavedView | null {
	try {
		const value: unknown = JSON.parse(text);
		const whole = typeof value === "object" ? { theme: null, recentCommands: [], ...value } : null;
		return isSavedView(whole) ? whole : null;
	} catch {
		return null;
	}
}
