import type { StartRunOptions } from "../../src/app/workbench.js";
import { SAMENESS, SELECTORS, WIDENED_GROUPS } from "../../src/domain/choices.js";
import type { RunChoices, RunForm } from "./dialog.js";
import { backendOf } from "./run-form-backends.js";

type Options = { [K in keyof RunChoices]: (form: RunForm) => readonly RunChoices[K][] };

/** What each choice can be, in the order of the arrow keys. */
const OPTIONS: Options = {
	strategy: (form) => [null, ...(backendOf(form)?.strategies ?? [])],
	template: (form) => [
		...(backendOf(form)?.generation ? [] : [null]),
		...form.templates.filter(({ revises, kind }) => !revises && isFor(form, kind)).map(({ id }) => id),
	],
	dedupe: () => [null, ...SAMENESS],
	select: () => [null, ...SELECTORS],
	widen: () => WIDENED_GROUPS,
	skipExisting: () => [false, true],
	logprobs: () => [true, false],
	gate: () => [true, false],
};

function isFor(form: RunForm, kind: "chat" | "text"): boolean {
	const asks = backendOf(form)?.asks ?? null;
	return asks === null || asks === kind;
}

/** The choices with the next one, or the one before, of a field. */
export function movedChoice<K extends keyof RunChoices>(form: RunForm, field: K, by: -1 | 1): RunChoices {
	const all = OPTIONS[field](form);
	const at = all.indexOf(form.chosen[field]);
	const next = all[(at + by + all.length) % all.length];
	return next === undefined ? form.chosen : { ...form.chosen, [field]: next };
}

/** With nothing chosen that the backend of the form cannot do. */
export function possibleChoices(form: RunForm): RunChoices {
	const { chosen } = form;
	const { generation = null } = backendOf(form) ?? {};
	const isPossible = OPTIONS.strategy(form).includes(chosen.strategy);
	return {
		...chosen,
		strategy: isPossible ? chosen.strategy : null,
		template: generation?.template.id ?? null,
		logprobs: generation?.logprobs ?? true,
	};
}

/** As the earlier run was started, or as most runs are. */
export function choicesOf(was: StartRunOptions | null): RunChoices {
	return {
		strategy: was?.debug?.strategy ?? null,
		template: was?.generation?.template.id ?? null,
		dedupe: was?.dedupe ?? null,
		select: was?.select ?? null,
		widen: was?.widen?.groups ?? "mixed",
		skipExisting: was?.skipExisting ?? false,
		logprobs: was?.generation?.logprobs ?? true,
		gate: was?.gate ?? true,
	};
}
