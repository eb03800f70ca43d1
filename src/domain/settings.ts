import { z } from "zod";
import { Prices } from "./generation.js";

/** assay.yaml in the workspace: what would otherwise be given on every command line. No key ever stands in it. */
export const Settings = z.strictObject({
	/** Servers by a name of one's own, for `--provider`. */
	providers: z
		.record(
			z.string(),
			z.strictObject({
				baseUrl: z.string(),
				/** Name of the environment variable that holds the key. */
				keyEnv: z.string().nullable().default(null),
				keyFile: z.string().nullable().default(null),
				/** Models that the workbench offers. */
				models: z.array(z.string().min(1)).default([]),
			}),
		)
		.default({}),
	/** By the name of the model. */
	prices: z.record(z.string(), Prices).default({}),
});
export type Settings = z.infer<typeof Settings>;
