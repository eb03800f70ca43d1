import type { HostCheck } from "../../src/domain/host.js";
import type { HostRow } from "../../src/domain/host-activity.js";
import { AssayError } from "../../src/lib/errors.js";
import { rentCost } from "../../src/store/rent-cost.js";
import { formatClock } from "../text/format.js";
import { dollars } from "../text/remote-text.js";
import { type Model, messageOf, tell, tellError } from "./model.js";
import { keepTime } from "./remote-clock.js";
import { changeTrainings, selectedHost, shownHosts, trainingsState } from "./training-state.js";

/** Reads what is known of the hosts; none of them is contacted. */
export async function loadHosts(model: Model): Promise<void> {
	try {
		const hosts = await model.workbench.listHosts();
		const host = Math.max(0, Math.min(trainingsState(model).host, hosts.length - 1));
		changeTrainings(model, { hosts, host });
		keepTime(model);
	} catch (error) {
		changeTrainings(model, { hosts: { error: messageOf(error) } });
	}
}

export function moveHost(model: Model, by: number): void {
	const last = shownHosts(model).length - 1;
	changeTrainings(model, { host: Math.max(0, Math.min(last, trainingsState(model).host + by)) });
}

/** Connects to the host under the cursor, and shows what a training would find there. */
export function checkSelectedHost(model: Model): void {
	const host = selectedHost(model);
	if (host === null || trainingsState(model).checking.has(host.name)) return;
	const { name } = host;
	setChecking(model, name, true);
	void model.workbench
		.checkHost(name)
		.then(
			async (check) => {
				await loadHosts(model);
				const errors = check.findings.filter(({ level }) => level === "error").length;
				if (errors > 0) tell(model, "warning", `${name}: a training cannot run there`, "Enter says why");
				else tell(model, "note", `${name}: connected in ${check.connectMs.toFixed(0)} ms, ready`);
			},
			(error: unknown) => tellError(model, name, error),
		)
		.finally(() => setChecking(model, name, false));
}

function setChecking(model: Model, name: string, isChecking: boolean): void {
	const checking = new Set(trainingsState(model).checking);
	if (isChecking) checking.add(name);
	else checking.delete(name);
	changeTrainings(model, { checking });
}

/** All that is known of the host under the cursor. */
export function openHost(model: Model): void {
	const host = selectedHost(model);
	if (host === null) return;
	const facts: [string, string | null][] = [
		["ssh", host.from === "built-in" ? "this machine, without ssh" : (host.alias ?? host.name)],
		["described", host.from === "hosts.yaml" ? "in hosts.yaml" : "by ssh alone"],
		["GPUs", host.gpus],
		["price", host.pricePerHour === null ? "not known" : `$${host.pricePerHour.toFixed(2)} an hour`],
		["workdir", host.workdir],
		["python", host.python],
		["setup", host.setup],
		["rent ends by", host.releaseCommand],
		["rent so far", rentText(host, Date.parse(model.clock()))],
	];
	const known = facts.flatMap(([name, text]) => (text === null ? [] : [`${name.padEnd(13)}${text}`]));
	const text = [
		...known,
		"",
		...(host.check === null ? ["never looked at: c connects and looks"] : checkLines(host.check)),
	];
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "text", title: host.name, text: text.join("\n") } });
}

function rentText({ rent }: HostRow, nowMs: number): string | null {
	if (rent === null) return null;
	const { spent, rentedMs, idleSpent, idleMs, isRented } = rentCost(rent, nowMs);
	const idle = `${dollars(idleSpent)} of it in ${formatClock(idleMs)} without a training`;
	return `${dollars(spent)} in ${formatClock(rentedMs)}, ${idle}; ${isRented ? "its clock runs" : "released"}`;
}

/** Begins or ends the clock of the rent; the rent itself is for its owner to end. */
export function askForRent(model: Model): void {
	const host = selectedHost(model);
	if (host === null || host.pricePerHour === null) return;
	const { name, pricePerHour, releaseCommand } = host;
	const isRented = host.rent?.periods.some(({ to }) => to === null) === true;
	const work = isRented ? () => model.workbench.endRent(name) : () => model.workbench.beginRent(name);
	const ends =
		releaseCommand === null
			? []
			: ["What ends the rent, for you to run; it is never run from here:", `  ${releaseCommand}`];
	model.ui.setState({
		dialog: {
			kind: "confirm",
			title: isRented ? `Was ${name} given back?` : `Is ${name} rented from now on?`,
			lines: isRented
				? [`Its clock stops at ${rentText(host, Date.parse(model.clock()))}.`, ...ends]
				: [`Its clock counts $${pricePerHour.toFixed(2)} an hour, whether a training works there or not.`],
			yes: isRented ? "it was: stop its clock" : "it is: start its clock",
			onYes: () =>
				void work().then(
					() => loadHosts(model),
					(error: unknown) => tellError(model, name, error),
				),
		},
	});
}

function checkLines({ at, connectMs, findings }: HostCheck): string[] {
	return [
		`looked at ${at.slice(0, 16).replace("T", " ")}, connected in ${connectMs.toFixed(0)} ms`,
		...findings.flatMap(({ name, level, text, remedy }) => [
			`${level.padEnd(8)} ${name.padEnd(8)} ${text}`,
			...(remedy === null ? [] : [`${" ".repeat(18)}${remedy}`]),
		]),
	];
}

const text = { kind: "text" } as const;

/** Describes a host in hosts.yaml. */
export function addHost(model: Model): void {
	const onEnter = async (texts: Readonly<Record<string, string>>): Promise<string | null> => {
		const of = (id: string) => texts[id]?.trim() ?? "";
		const { name: _, price, per, ...words } = Object.fromEntries(Object.keys(texts).map((id) => [id, of(id)]));
		const given = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== ""));
		const priced = price === "" || price === undefined ? {} : { [per ?? "pricePerHostHour"]: Number(price) };
		try {
			await model.workbench.addHost(of("name"), { ...given, ...priced });
			model.ui.setState({ dialog: null });
			await loadHosts(model);
			const at = shownHosts(model).findIndex(({ name }) => name === of("name"));
			changeTrainings(model, { host: Math.max(0, at) });
			tell(model, "note", `${of("name")} is in hosts.yaml`, "c connects and looks");
			return null;
		} catch (error) {
			return error instanceof AssayError ? error.message : messageOf(error);
		}
	};
	const options = [
		{ value: "pricePerHostHour", label: "the host, an hour" },
		{ value: "pricePerGpuHour", label: "each GPU, an hour" },
	];
	const host = selectedHost(model);
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: {
			kind: "form",
			form: {
				title: "Describe a host in hosts.yaml",
				fields: [
					{ ...text, id: "name", label: "name", about: "what it is called here", empty: null },
					{ ...text, id: "alias", label: "ssh", about: "an alias, or user@machine", empty: "the same as its name" },
					{ ...text, id: "gpus", label: "GPUs", about: "how many of which, e.g. 8x B200", empty: "none" },
					{
						...{ kind: "number", id: "price", label: "price", about: "US dollars; without it nothing is counted" },
						...{ least: 0, most: 100_000, by: 0.5, isWhole: false, empty: "not known" },
					},
					{ kind: "choice", id: "per", label: "price is of", about: "what that buys", options },
					{ ...text, id: "workdir", label: "workdir", about: "folder of its runs", empty: "~/assay-runs" },
					{ ...text, id: "python", label: "python", about: "interpreter with torch", empty: "python3" },
					{ ...text, id: "setup", label: "setup", about: "shell commands before each job", empty: "none" },
					{
						...{ ...text, id: "releaseCommand", label: "rent ends by", empty: "not known" },
						about: "a command of yours that ends the rent; it is shown, never run",
					},
				],
				texts: { name: host?.from === "alias" ? host.name : "", per: "pricePerHostHour" },
				at: 0,
				error: null,
				enters: "writes it",
				onEnter,
			},
		},
	});
}
