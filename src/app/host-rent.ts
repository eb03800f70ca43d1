import { appendFileSync, mkdirSync } from "node:fs";
import { artifactsRoot, hostFiles } from "../artifacts/layout.js";
import { type Host, hourlyPrice } from "../domain/host.js";
import type { HostRent, RentPeriod, WorkedTime } from "../domain/host-activity.js";
import { RentEvent } from "../domain/host-rent.js";
import { AssayError } from "../lib/errors.js";
import { growingLines } from "./growing-lines.js";
import { workedTimes } from "./job-clock.js";
import { readRemoteRun, remoteIds } from "./remote-records.js";

/** From when on hosts were paid for, and when trainings worked there. By the names of the hosts. */
export function readRents(workspace: string, hosts: readonly Host[]): Map<string, HostRent> {
	const worked = new Map<string, WorkedTime[]>();
	for (const id of remoteIds(workspace)) {
		const run = readRemoteRun(workspace, id);
		const times = workedTimes(workspace, run);
		for (const { host } of [run, ...run.peers]) worked.set(host, [...(worked.get(host) ?? []), ...times]);
	}
	return new Map(
		hosts.flatMap(({ name }) => {
			const periods = rentPeriods(workspace, name);
			return periods.length === 0 ? [] : [[name, { periods, worked: worked.get(name) ?? [] }]];
		}),
	);
}

/** The clock of its rent runs from now on, or from `at`; nothing where it runs already, or the host has no price. */
export function beginRent(workspace: string, host: Host, at = new Date()): boolean {
	const pricePerHour = hourlyPrice(host);
	if (pricePerHour === null || pricePerHour === 0 || isRented(workspace, host.name)) return false;
	append(workspace, host.name, { type: "rented", at: at.toISOString(), pricePerHour });
	return true;
}

/** Stops the clock of its rent; the rent itself is ended by whoever pays it. Throws `usage` where it does not run. */
export function endRent(workspace: string, host: Host, at = new Date()): void {
	const open = rentPeriods(workspace, host.name).find(({ to }) => to === null);
	if (open === undefined) {
		throw new AssayError("usage", `the clock of ${host.name} does not run`, {
			hint: "it begins with the first training there, or by `assay hosts rent`",
		});
	}
	append(workspace, host.name, { type: "released", at: at.toISOString(), pricePerHour: open.pricePerHour });
}

const isRented = (workspace: string, name: string) => rentPeriods(workspace, name).some(({ to }) => to === null);

function rentPeriods(workspace: string, name: string): RentPeriod[] {
	const { take, close } = growingLines(hostFiles(artifactsRoot(workspace), name).rent, (line) =>
		RentEvent.safeParse(line),
	);
	const events = [...take()].flatMap(({ items }) => items);
	close();
	const periods: RentPeriod[] = [];
	for (const { type, at, pricePerHour } of events) {
		const last = periods.at(-1);
		if (type === "rented") periods.push({ from: Date.parse(at), to: null, pricePerHour });
		else if (last?.to === null) last.to = Date.parse(at);
	}
	return periods;
}

function append(workspace: string, name: string, event: RentEvent): void {
	const { folder, rent } = hostFiles(artifactsRoot(workspace), name);
	mkdirSync(folder, { recursive: true });
	appendFileSync(rent, `${JSON.stringify(event)}\n`);
}
