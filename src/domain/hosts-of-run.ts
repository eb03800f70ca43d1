/** As `--host` takes them. */
export function hostsOf(run: { host: string; peers: readonly { host: string }[] }): string {
	return [run, ...run.peers].map(({ host }) => host).join(",");
}
