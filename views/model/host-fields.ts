import type { HostRow } from "../../src/domain/host-activity.js";
import type { RemoteTerms } from "../../src/domain/remote-activity.js";
import { secondsOf } from "../../src/lib/duration.js";
import type { FormField } from "./dialog.js";

/** Where it runs, and what ends it there. */
export function hostFields(hosts: readonly HostRow[]): FormField[] {
	const labelOf = ({ name, gpus, pricePerHour }: HostRow) =>
		[name, gpus, pricePerHour === null ? null : `$${pricePerHour.toFixed(2)} an hour`].filter(Boolean).join(", ");
	const options = [
		{ value: "", label: "this machine" },
		...hosts.map((host) => ({ value: host.name, label: labelOf(host) })),
	];
	return [
		{
			kind: "choice",
			options,
			id: "host",
			label: "host",
			about: "where it runs; on another machine it goes on without us",
		},
		{
			kind: "text",
			id: "deadline",
			label: "deadline",
			about: "the host ends it after so long: 90m, 12h, 2d",
			empty: "none",
		},
		{
			...{ kind: "number", id: "budget", label: "budget $", least: 0.01, most: 1_000_000, by: 5, isWhole: false },
			...{ about: "the host ends it when it has cost so much, by its price", empty: "none" },
		},
	];
}

/** What the form says of another machine; null: it runs on this one; a text: why it cannot be. */
export function remoteTerms(texts: Readonly<Record<string, string>>): RemoteTerms | string | null {
	const of = (name: string) => texts[name]?.trim() ?? "";
	const [host, deadline, budget] = [of("host"), of("deadline"), of("budget")];
	if (host === "")
		return deadline === "" && budget === "" ? null : "a deadline and a budget are kept by another host: choose one";
	const deadlineSeconds = deadline === "" ? null : secondsOf(deadline);
	if (deadline !== "" && deadlineSeconds === null) return "deadline: expected a time such as 90m, 12h or 2d";
	return { host, deadlineSeconds, budgetUsd: budget === "" ? null : Number(budget) };
}
