import { homedir } from "node:os";
import { join } from "node:path";

/** Where models from the hub are kept, for all workspaces. */
export function modelCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
	return env.ASSAY_MODELS || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "assay", "models");
}
