import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Reproducibility } from "../domain/reproducibility.js";

const run = promisify(execFile);

/** null: the folder is in no repository, the repository has no commit, or git is not there. */
export async function gitState(folder: string): Promise<Reproducibility["git"]> {
	try {
		const git = async (...words: string[]) =>
			(await run("git", ["-C", folder, ...words], { maxBuffer: 64 << 20, env: { ...process.env, LC_ALL: "C" } }))
				.stdout;
		const revision = (await git("rev-parse", "HEAD")).trim();
		const changed = await git("status", "--porcelain", "--untracked-files=all", "--", ".", ":(exclude)artifacts");
		return { revision, dirtyFiles: changed.split("\n").filter((line) => line !== "").length };
	} catch (error) {
		// Whatever git says against the folder: nothing is known then.
		if (error instanceof Error) return null;
		throw error;
	}
}
