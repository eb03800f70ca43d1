import { z } from "zod";
import { ArtifactManifest, RunConfig, SandboxInfo } from "./run.js";

/** reproducibility/<run_id>.json: what another person needs to get, check and judge a run again. It holds no time of packing. */
export const Reproducibility = z.strictObject({
	schema: z.literal("assay.reproducibility.v1"),
	runId: z.string(),
	/** What judged. */
	versions: z.strictObject({ assay: z.string(), python: z.string(), bwrap: z.string().nullable(), kernel: z.string() }),
	sandbox: SandboxInfo,
	/** What packed, which may be another machine. */
	packedWith: z.strictObject({ assay: z.string(), node: z.string(), platform: z.string(), architecture: z.string() }),
	/** Of the workspace when it was packed; null: it is no repository, or there is no git. */
	git: z
		.strictObject({
			revision: z.string(),
			/** Files that differ from it. */
			dirtyFiles: z.int().nonnegative(),
		})
		.nullable(),
	config: RunConfig,
	taskSetFingerprint: z.string(),
	parents: ArtifactManifest.shape.parents,
	/** The same result comes from these, in this order. */
	commands: z.array(z.strictObject({ purpose: z.string(), command: z.string() })),
	/** Whether texts were blotted out, in place and length for length. */
	redacted: z.boolean(),
	/** The manifest is one of them. */
	files: ArtifactManifest.shape.files,
	/** What nobody recorded, in words. */
	unknown: z.array(z.string()),
});
export type Reproducibility = z.infer<typeof Reproducibility>;
