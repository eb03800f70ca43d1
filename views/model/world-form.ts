import type { TrainingChoices, TrainingWish } from "../../src/app/trainings.js";
import type { HostRow } from "../../src/domain/host-activity.js";
import { hostFields } from "./host-fields.js";
import {
	commonWish,
	type Filled,
	LENGTH_FIELDS,
	MACHINE_FIELDS,
	settingsFields,
	type Texts,
	text,
	textIn,
} from "./training-fields.js";

/** Everything that `assay train world` takes. */
export function worldForm({ transitions, settings }: TrainingChoices, name: string, hosts: readonly HostRow[]): Filled {
	const found = transitions.map(({ path, name: folder, count }) => ({
		value: path,
		label: `${folder}, ${count} transitions`,
	}));
	const fields: Filled["fields"] = [
		{
			kind: "choice",
			options: [...found, { value: "", label: "the folder below" }],
			id: "data",
			label: "learns from",
			about: "transitions of this workspace; `assay world build` makes such a folder",
		},
		{ ...text, id: "folder", label: "folder", about: "of other transitions, in place of those above", empty: "none" },
		{ ...text, id: "name", label: "name", about: "of the world model" },
		...hostFields(hosts),
		...LENGTH_FIELDS,
		...MACHINE_FIELDS,
		...settingsFields(settings.world),
	];
	const data = transitions[0]?.path ?? "";
	return { fields, texts: { data, folder: "", name, host: "", threads: "1", device: "auto" } };
}

/** What the form asks for, or why it cannot be. */
export function worldWish(texts: Texts): TrainingWish | string {
	const of = textIn(texts);
	const common = commonWish(texts);
	if (typeof common === "string") return common;
	const data = of("folder") === "" ? of("data") : of("folder");
	if (data === "") return "folder: type that of the transitions to learn from";
	return { kind: "world", data, ...common };
}
