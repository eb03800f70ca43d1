/** Why a path must not name a file of a repository, as the end of a sentence about it; null when it may. */
export function repositoryPathFault(path: string): string | null {
	if (path === "") return "is empty";
	if (/^([/\\]|[A-Za-z]:)/.test(path)) return "is absolute";
	if (/\p{Cc}/u.test(path)) return "holds a control character";
	const parts = path.split(/[/\\]/);
	if (parts.includes("..")) return "leaves the repository with `..`";
	if (parts.some((part) => part.toLowerCase() === ".git")) return "reaches into .git";
	return null;
}
