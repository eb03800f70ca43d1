import { readFileSync } from "node:fs";
import { z } from "zod";
import { DEFAULT_LIMITS, FunctionTask, Limits, RepositoryTask, Split, type Task, TaskId } from "../domain/task.js";
import { DiffRefused, parseDiff } from "../lib/apply-diff.js";
import { decodeText } from "../lib/input-file.js";
import { FieldError, parseFields } from "../lib/schema.js";
import { parseTests } from "./authored-tests.js";
import { resolveBeside } from "./relative-path.js";

export const FIELDS_HINT = "docs/file-formats.md lists the fields of a task";

const EntryPoint = z.string().regex(/^[\p{L}_][\p{L}\p{N}_.]*$/u, "expected the name of a function or class");

const common = {
	schema: z.literal("assay.task.v1"),
	id: TaskId,
	title: z.string().optional(),
	language: z.string().min(1).default("python"),
	difficulty: z.enum(["easy", "medium", "hard"]).nullable().default(null),
	tags: z.array(z.string()).default([]),
	split: Split.nullable().default(null),
	tests: z.strictObject({ public: z.array(z.unknown()).default([]), hidden: z.array(z.unknown()).default([]) }),
	limits: Limits.partial().optional(),
	source: z
		.strictObject({
			origin: z.string().min(1),
			license: z.string().min(1).nullable().default(null),
			url: z.string().nullable().default(null),
		})
		.optional(),
	contamination: z.string().min(1).nullable().default(null),
};

const AuthoredFunction = z.strictObject({
	...common,
	kind: z.literal("function").default("function"),
	prompt: z.string().min(1),
	entryPoint: EntryPoint,
	starterCode: z.string().default(""),
	completionMode: z.enum(["append", "whole"]).default("whole"),
	testPrelude: z.string().default(""),
	harness: z.enum(["split", "in_guest"]).default("split"),
	reference: z.string().min(1).nullable().default(null),
	knownBad: z.string().min(1).nullable().default(null),
	candidates: z.string().nullable().default(null),
});

const AuthoredRepository = z.strictObject({
	...common,
	kind: z.literal("repository"),
	repo: z.string(),
	instruction: z.string().min(1),
	compile: z.array(z.string().min(1)).min(1).nullable().default(null),
	expect: z.enum(["passed", "failed"]).nullable().default(null),
	backend: z
		.discriminatedUnion("kind", [
			z.strictObject({ kind: z.literal("noop") }),
			z.strictObject({ kind: z.literal("patch"), patch: z.string().min(1) }),
		])
		.nullable()
		.default(null),
});

const Kind = z.looseObject({ kind: z.enum(["function", "repository"]).default("function") });

/**
 * Builds a task from the fields that a person wrote (a YAML file, or a line of assay-jsonl). Paths in it are relative to
 * `file`, which is absolute. Throws FieldError.
 */
export function taskOfAuthored(value: unknown, location: { file: string; line: number | null }): Task {
	return parseFields(Kind, value).kind === "function"
		? functionTask(parseFields(AuthoredFunction, value), location)
		: repositoryTask(parseFields(AuthoredRepository, value), location);
}

type Location = { file: string; line: number | null };

function functionTask(authored: z.infer<typeof AuthoredFunction>, location: Location): FunctionTask {
	return parseFields(FunctionTask, {
		...authored,
		...sharedFields(authored, location),
		candidates:
			authored.candidates === null ? null : resolveBeside(location.file, authored.candidates, "folder", ["candidates"]),
	});
}

function repositoryTask(authored: z.infer<typeof AuthoredRepository>, location: Location): RepositoryTask {
	return parseFields(RepositoryTask, {
		...authored,
		...sharedFields(authored, location),
		repo: resolveBeside(location.file, authored.repo, "folder", ["repo"]),
		backend:
			authored.backend?.kind === "patch"
				? { kind: "patch", patch: readPatch(location.file, authored.backend.patch) }
				: authored.backend,
	});
}

function sharedFields(
	authored: z.infer<typeof AuthoredFunction> | z.infer<typeof AuthoredRepository>,
	location: Location,
) {
	const tests = parseTests(authored.tests, location.file);
	for (const [index, test] of tests.entries()) {
		if ((test.kind === "command") !== (authored.kind === "repository")) {
			const others = authored.kind === "repository" ? "command" : "call, program or stdio";
			throw new FieldError(["tests"], `test ${index + 1} (${test.id}): a ${authored.kind} task takes ${others} tests`);
		}
	}
	return {
		title: authored.title ?? authored.id,
		tests,
		limits: parseFields(
			Limits,
			{ ...DEFAULT_LIMITS, adaptive: authored.limits?.cpuTimeMs === undefined, ...authored.limits },
			["limits"],
		),
		source: authored.source ?? { origin: "unknown", license: null, url: null },
		location,
	};
}

/** The text of a prepared patch: given in place (it has line breaks), or as a path beside the task file. */
function readPatch(taskFile: string, patch: string): string {
	const field = ["backend", "patch"];
	const path = patch.includes("\n") ? null : resolveBeside(taskFile, patch, "file", field);
	const text = path === null ? patch : decodeText(readFileSync(path), path);
	try {
		parseDiff(text);
	} catch (error) {
		if (!(error instanceof DiffRefused)) throw error;
		const hint = error.reason === "path" ? "a patch changes ordinary files below the repository's folder" : null;
		throw new FieldError(field, error.message, hint);
	}
	return text;
}
