import { hourlyPrice } from "../domain/host.js";
import type { HostRow } from "../domain/host-activity.js";
import { listHosts } from "../remote/hosts-file.js";
import { lastCheck } from "./check-host.js";
import { readRents } from "./host-rent.js";

/** All hosts with what is recorded of them here; none is asked. */
export function hostRows(workspace: string): HostRow[] {
	const hosts = listHosts(workspace);
	const rents = readRents(workspace, hosts);
	return hosts.map((host) => ({
		...host,
		pricePerHour: hourlyPrice(host),
		check: lastCheck(workspace, host.name),
		rent: rents.get(host.name) ?? null,
	}));
}
