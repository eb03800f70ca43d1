import type { Host, HostCheck } from "./host.js";

/** One host in a list. Nothing was asked of it to make the row. */
export interface HostRow extends Host {
	/** US dollars; null: no price is known. */
	pricePerHour: number | null;
	/** null: it was never looked at from this workspace. */
	check: HostCheck | null;
	/** null: the clock of its rent never ran. */
	rent: HostRent | null;
}

/** Milliseconds since 1970. `to` null: until now. */
export interface WorkedTime {
	from: number;
	to: number | null;
}

/** In US dollars. */
export interface RentPeriod extends WorkedTime {
	pricePerHour: number;
}

/** When a host was paid for, and when trainings of this workspace worked on it. */
export interface HostRent {
	periods: RentPeriod[];
	worked: WorkedTime[];
}

/** What only a person can answer, on the way to a host. The answer is a text; null: none is given. */
export type HostQuestion = { id: number; host: string } & (
	| { kind: "hostKey"; machine: string; keyType: string; fingerprint: string }
	| { kind: "passphrase"; file: string; attempt: number }
);
