import { z } from "zod";
import { CallTest, CommandTest, type PlainValue, ProgramTest, StdioTest, type TestCase } from "../domain/task.js";
import type { Visibility } from "../domain/verdict.js";
import { FieldError, type FieldPath, parseFields } from "../lib/schema.js";
import { checkRepositoryPath, resolveBeside } from "./relative-path.js";

const optionalId = { id: z.string().min(1).optional() };
const written = { visibility: true, id: true } as const;
const AuthoredCall = CallTest.omit(written).extend(optionalId);
const AuthoredProgram = ProgramTest.omit(written).extend(optionalId);
const AuthoredStdio = StdioTest.omit(written).extend(optionalId);
const AuthoredCommand = CommandTest.omit(written).extend(optionalId);
const TestKind = z.looseObject({ kind: z.enum(["call", "program", "stdio", "command"]) });

/** Tests as written: a string is a program; everything else names its kind. Ids default to `public-1`, `hidden-1`, … */
export function parseTests(tests: { public: unknown[]; hidden: unknown[] }, taskFile: string): TestCase[] {
	const parsed: TestCase[] = [];
	const ids = new Set<string>();
	for (const visibility of ["public", "hidden"] as const) {
		for (const [index, value] of tests[visibility].entries()) {
			const field = ["tests", visibility, index];
			const test = parseTest(value, visibility, `${visibility}-${index + 1}`, field, taskFile);
			if (ids.has(test.id)) throw new FieldError(field, `test id ${JSON.stringify(test.id)} is used twice`);
			ids.add(test.id);
			parsed.push(test);
		}
	}
	if (parsed.length === 0) throw new FieldError(["tests"], "no tests; a task needs at least one to be judged by");
	return parsed;
}

function parseTest(
	value: unknown,
	visibility: Visibility,
	defaultId: string,
	field: FieldPath,
	taskFile: string,
): TestCase {
	if (typeof value === "string") {
		if (value.trim() === "") throw new FieldError(field, "an empty test passes everything");
		return { kind: "program", id: defaultId, visibility, code: value };
	}
	if (value === null || typeof value !== "object") {
		throw new FieldError(
			field,
			`expected statements as text, or a test with a kind, received ${JSON.stringify(value)}`,
		);
	}
	const { kind } = parseFields(TestKind, value, field);
	switch (kind) {
		case "call": {
			const test = parseFields(AuthoredCall, value, field);
			if ((test.returns === undefined) === (test.raises === undefined)) {
				throw new FieldError(field, "a call test has exactly one of `returns` and `raises`");
			}
			for (const name of ["args", "kwargs", "returns", "argsAfter"] as const) checkExact(test[name], [...field, name]);
			return { ...test, id: test.id ?? defaultId, visibility };
		}
		case "program": {
			const test = parseFields(AuthoredProgram, value, field);
			if (test.code.trim() === "") throw new FieldError([...field, "code"], "an empty test passes everything");
			return { ...test, id: test.id ?? defaultId, visibility };
		}
		case "stdio": {
			const test = parseFields(AuthoredStdio, value, field);
			return { ...test, id: test.id ?? defaultId, visibility };
		}
		case "command": {
			const test = parseFields(AuthoredCommand, value, field);
			return { ...test, id: test.id ?? defaultId, visibility, files: resolveFiles(test, field, taskFile) };
		}
	}
}

/** A whole number beyond 2^53 has been rounded by the time it is here, if it came as a JSON number. */
function checkExact(value: PlainValue | undefined, field: FieldPath): void {
	if (typeof value === "number") {
		if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
			throw new FieldError(field, 'a whole number beyond 2^53 is not exact here; write {"$int": "<hexadecimal>"}');
		}
	} else if (Array.isArray(value)) {
		for (const [index, item] of value.entries()) checkExact(item, [...field, index]);
	} else if (value !== null && typeof value === "object") {
		for (const [key, item] of Object.entries(value)) checkExact(item, [...field, key]);
	}
}

function resolveFiles(
	test: Pick<CommandTest, "files" | "modules">,
	field: FieldPath,
	taskFile: string,
): Record<string, string> {
	for (const [index, name] of test.modules.entries()) {
		// A word with a dash would be an option of the runner.
		if (name.startsWith("-")) throw new FieldError([...field, "modules", index], `${name}: not a module name`);
	}
	return Object.fromEntries(
		Object.entries(test.files).map(([path, source]) => {
			const at = [...field, "files", path];
			checkRepositoryPath(path, at);
			return [path, resolveBeside(taskFile, source, "file", at)];
		}),
	);
}
