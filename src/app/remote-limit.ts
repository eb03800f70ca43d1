import { type Host, type HostEntry, hourlyPrice } from "../domain/host.js";
import type { RemoteRun } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";

export interface Limits {
	/** It is ended after so long; null: never. */
	deadlineSeconds: number | null;
	/** US dollars; it is ended when its host has cost so much since the start. null: no limit. */
	budgetUsd: number | null;
}

/** US dollars an hour of all of them; null: one has no price. */
export function priceOfAll(hosts: readonly HostEntry[]): number | null {
	return hosts.reduce<number | null>((sum, host) => {
		const price = hourlyPrice(host);
		return sum === null || price === null ? null : sum + price;
	}, 0);
}

/** When hosts end a training, whichever of the two comes first. Throws `usage` for a budget on a host without a price. */
export function limitOf(hosts: readonly Host[], { deadlineSeconds, budgetUsd }: Limits): RemoteRun["limit"] {
	const price = priceOfAll(hosts);
	if (budgetUsd !== null && (price === null || price === 0)) {
		const host = hosts.find((one) => hourlyPrice(one) === null) ?? hosts[0];
		throw new AssayError("usage", `${host?.name} has no price, so nobody can tell when a budget is spent`, {
			hint: "describe it in hosts.yaml with pricePerGpuHour or pricePerHostHour",
		});
	}
	const paid = budgetUsd === null || price === null ? null : (budgetUsd / price) * 3600;
	if (paid !== null && (deadlineSeconds === null || paid < deadlineSeconds)) return { seconds: paid, reason: "budget" };
	return deadlineSeconds === null ? null : { seconds: deadlineSeconds, reason: "deadline" };
}
