import { worldCacheFolder } from "../src/artifacts/layout.js";
import { prepareWorkspace } from "../src/artifacts/workspace.js";
import { WorldModel } from "../src/energy/world/world-model.js";
import type { CommandContext } from "./cli/context.js";

/** Loads a world model on one core; what it makes of programs is kept in the workspace. Close it. */
export async function openWorld({ workspace, signal }: CommandContext, folder: string): Promise<WorldModel> {
	prepareWorkspace(workspace);
	return await WorldModel.open(folder, { cacheFolder: worldCacheFolder(workspace), signal });
}
