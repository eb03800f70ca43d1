import { type Host, LOCAL_HOST } from "../domain/host.js";
import type { Link } from "./link.js";
import { localLink } from "./local-link.js";
import type { RouteOptions } from "./ssh-route.js";

/** Opens the way to a host; ssh is loaded only for one that needs it. */
export async function openLink(host: Host, options: RouteOptions): Promise<Link> {
	if (host.name === LOCAL_HOST && host.alias === null) return localLink();
	const { openSsh } = await import("./ssh-route.js");
	return await openSsh(host.alias ?? host.name, options);
}
