import { chmod, chown, cp, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { CommandTest } from "../domain/task.js";
import { sandboxUser } from "../sandbox/launch.js";

/** A patch may not bring these or change them: they decide how tests are found, run or reported. */
const RUNNER_FILES =
	/(^|\/)(conftest|sitecustomize|usercustomize|pytest|unittest|_pytest)(\.py$|\/)|(^|\/)(pytest\.ini|tox\.ini|setup\.cfg|\.pytest\.ini)$|\.pth$/;

/** Without history: a later commit may hold the fix. Links are copied as links. */
export async function copyRepository(source: string, target: string): Promise<void> {
	await cp(source, target, {
		recursive: true,
		verbatimSymlinks: true,
		preserveTimestamps: true,
		filter: (path) => !/(^|[\\/])(\.git|__pycache__)$/.test(relative(source, path)),
	});
}

/** Files of the test runner that a patch touched are again as in the repository. */
export async function restoreRunnerFiles(source: string, folder: string, touched: readonly string[]): Promise<void> {
	for (const name of touched) {
		if (!RUNNER_FILES.test(name)) continue;
		if (await exists(join(source, name))) await layFile(join(source, name), folder, name);
		else await rm(join(folder, name), { force: true });
	}
}

/** The repository's own test modules and the test's files, whatever the patch made of them. */
export async function layTests(source: string, folder: string, test: CommandTest): Promise<void> {
	for (const module of test.modules) {
		const name = `${module.split(".").join("/")}.py`;
		if (await exists(join(source, name))) await layFile(join(source, name), folder, name);
	}
	for (const [name, file] of Object.entries(test.files)) await layFile(file, folder, name);
	for (const module of test.modules) {
		// A package of the module's name would be imported in its place.
		const name = module.split(".").join("/");
		if (!(await exists(join(source, name)))) await rm(join(folder, name), { recursive: true, force: true });
	}
}

/** No folder on the way may be a link: what the candidate's code made of it would lead out of the copy. */
async function layFile(source: string, folder: string, name: string): Promise<void> {
	const parts = name.split("/");
	for (let count = 1; count < parts.length; count++) {
		const path = join(folder, ...parts.slice(0, count));
		const state = await lstat(path).catch(() => null);
		if (state && !state.isDirectory()) await rm(path, { force: true });
	}
	const target = join(folder, name);
	await rm(target, { recursive: true, force: true });
	await mkdir(dirname(target), { recursive: true });
	await cp(source, target);
}

async function exists(path: string): Promise<boolean> {
	return await lstat(path).then(
		() => true,
		() => false,
	);
}

/** The sandbox's user must be able to work on the copy, also when we are root and it is not. */
export async function giveAway(folder: string): Promise<void> {
	const { uid, gid } = sandboxUser();
	await chmod(dirname(folder), 0o755);
	if (uid === undefined || gid === undefined) return;
	await chown(folder, uid, gid);
	for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), uid, gid);
	}
}

/** Also folders that the candidate's code closed to their owner. */
export async function removeTree(folder: string): Promise<void> {
	const remove = async (): Promise<void> => await rm(folder, { recursive: true, force: true });
	await remove().catch(async () => {
		await openFolders(folder);
		await remove();
	});
}

async function openFolders(folder: string): Promise<void> {
	await chmod(folder, 0o700);
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		if (entry.isDirectory()) await openFolders(join(folder, entry.name));
	}
}
