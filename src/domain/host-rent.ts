import { z } from "zod";

/** A line of rent.jsonl in artifacts/hosts/<name>: from when on a host is paid for, or no longer. */
export const RentEvent = z.strictObject({
	type: z.enum(["rented", "released"]),
	at: z.iso.datetime(),
	/** US dollars, of the whole host. */
	pricePerHour: z.number().nonnegative(),
});
export type RentEvent = z.infer<typeof RentEvent>;
