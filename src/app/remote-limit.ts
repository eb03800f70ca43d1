import { type Host, hourlyPrice } from "../domain/host.js";
import type { RemoteRun } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";

export interface Limits {
	/** It is ended after so long; null: never. */
	deadlineSeconds: number | null;
	/** US dollars; it is ended when its host has cost so much since the start. null: no limit. */
	budgetUsd: number | null;
}

/** When a host ends a training, whichever of the two comes first. Throws `usage` for a budget on a host without a price. */
export function limitOf(host: Host, { deadlineSeconds, budgetUsd }: Limits): RemoteRun["limit"] {
	const price = hourlyPrice(host);
	if (budgetUsd !== null && (price === null || price === 0)) {
		throw new AssayError("usage", `${host.name} has no price, so nobody can tell when a budget is spent`, {
			hint: "describe it in hosts.yaml with pricePerGpuHour or pricePerHostHour",
		});
	}
	const paid = budgetUsd === null || price === null ? null : (budgetUsd / price) * 3600;
	if (paid !== null && (deadlineSeconds === null || paid < deadlineSeconds)) return { seconds: paid, reason: "budget" };
	return deadlineSeconds === null ? null : { seconds: deadlineSeconds, reason: "deadline" };
}
