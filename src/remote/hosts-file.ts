import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Document, parseDocument } from "yaml";
import { type Host, HostEntry, HostName, HostsFile, LOCAL_HOST } from "../domain/host.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import { reasonOf } from "../lib/input-file.js";
import { parseAt } from "../lib/schema.js";
import { sshAliases } from "./ssh-config.js";

export function hostsPath(workspace: string): string {
	return join(workspace, "hosts.yaml");
}

export function readHostsFile(workspace: string): HostsFile {
	const path = hostsPath(workspace);
	const { sshConfig, hosts } = parseAt(HostsFile, readDocument(path).toJS() ?? {}, path);
	return { sshConfig: sshConfig === null ? null : resolve(dirname(path), sshConfig), hosts };
}

/** Those of hosts.yaml, then what else ssh knows, then this machine. */
export function listHosts(workspace: string): Host[] {
	const { hosts, sshConfig } = readHostsFile(workspace);
	const described = Object.entries(hosts).map(([name, entry]): Host => ({ ...entry, name, from: "hosts.yaml" }));
	const named = new Set(described.flatMap(({ name, alias }) => [name, alias]));
	const aliases = sshAliases(sshConfig).filter((alias) => !named.has(alias) && HostName.safeParse(alias).success);
	return [...described, ...aliases.map(bareHost), ...(named.has(LOCAL_HOST) ? [] : [builtIn()])];
}

/** By its name in hosts.yaml, or as ssh calls it. Throws `usage`. */
export function findHost(workspace: string, name: string): Host {
	const entry = readHostsFile(workspace).hosts[name];
	if (entry !== undefined) return { ...entry, name, from: "hosts.yaml" };
	if (name === LOCAL_HOST) return builtIn();
	const known = listHosts(workspace);
	const found = known.find((host) => host.name === name);
	if (found) return found;
	throw new AssayError("usage", `no host is called ${name}`, {
		hint: `there are: ${known.map((host) => host.name).join(", ")}; \`assay hosts add\` describes another`,
	});
}

/** Several, by their names with commas between them. Throws `usage` for one that is named twice or cannot train with others. */
export function findHosts(workspace: string, names: string): [Host, ...Host[]] {
	const [first = "", ...others] = names.split(",").map((name) => name.trim());
	const hosts: [Host, ...Host[]] = [findHost(workspace, first), ...others.map((name) => findHost(workspace, name))];
	if (hosts.length === 1) return hosts;
	const twice = hosts.find(({ name }, at) => hosts.findIndex((host) => host.name === name) !== at);
	if (twice !== undefined)
		throw new AssayError("usage", `--host ${names}: ${twice.name} is there twice`, { hint: "name each host once" });
	const cluster = hosts.find(({ slurm }) => slurm !== null);
	if (cluster === undefined) return hosts;
	throw new AssayError("usage", `--host ${names}: ${cluster.name} hands jobs to Slurm`, {
		hint: `\`nodes\` below \`slurm\` of ${cluster.name} in hosts.yaml says how many nodes a job takes`,
	});
}

/** Writes one entry; comments and order of the others stay. Throws `usage` where the name is taken, unless it may be replaced. */
export function addHost(workspace: string, name: string, entry: object, replace: boolean): Host {
	const path = hostsPath(workspace);
	parseAt(HostName, name, "the host's name");
	const parsed = parseAt(HostEntry, entry, `host ${name}`);
	const document = readDocument(path);
	const { hosts } = parseAt(HostsFile, document.toJS() ?? {}, path);
	if (hosts[name] !== undefined && !replace) {
		throw new AssayError("usage", `${path}: there is a host ${name} already`, { hint: "--force replaces it" });
	}
	document.setIn(["hosts", name], document.createNode(entry));
	writeFileAtomic(path, document.toString());
	return { ...parsed, name, from: "hosts.yaml" };
}

/** Writes what trains there; all else of the file stays, and a host that only ssh knows gets an entry. */
export function setHostPython(workspace: string, name: string, python: string): void {
	const path = hostsPath(workspace);
	const document = readDocument(path);
	document.setIn(["hosts", name, "python"], python);
	parseAt(HostsFile, document.toJS(), path);
	writeFileAtomic(path, document.toString());
}

function readDocument(path: string): Document {
	if (!existsSync(path)) return new Document({});
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (cause) {
		throw new AssayError("usage", `${path}: cannot be read: ${reasonOf(cause)}`, {
			hint: "it has to be a file that you may read",
			cause,
		});
	}
	const document = parseDocument(text);
	const [error] = document.errors;
	if (error)
		throw new AssayError("usage", `${path}: ${error.message.split("\n")[0]}`, {
			hint: "`assay hosts add` writes entries that can be read",
			cause: error,
		});
	return document;
}

const bareHost = (name: string): Host => ({ ...HostEntry.parse({}), name, from: "alias" });
const builtIn = (): Host => ({ ...HostEntry.parse({}), name: LOCAL_HOST, from: "built-in" });
