import { checkLineage, lineageOf } from "../src/app/lineage.js";
import { rebuildIndex, withIndex } from "../src/app/run-index.js";
import { findRun } from "../src/artifacts/find-run.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import type { Lineage, LineageNode } from "../src/domain/lineage.js";
import { countOf } from "../src/lib/count.js";
import { sizeText } from "../src/lib/file-size.js";
import { lineageRows } from "../src/store/lineage-rows.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { ArtifactsOptions, ShowArtifactOptions } from "./cli/options.js";
import { type Column, printable, tableLines, writeJson, writeLine } from "./cli/print.js";

interface StoredFile {
	path: string;
	runId: string;
	bytes: number;
	sha256: string;
}

const COLUMNS: readonly Column<StoredFile>[] = [
	{ title: "PATH", text: (file) => file.path },
	{ title: "SIZE", text: (file) => sizeText(file.bytes), align: "right" },
	{ title: "SHA256", text: (file) => file.sha256.slice(0, 16) },
	{ title: "RUN", text: (file) => file.runId },
];

/** Files that manifests name, by path. */
export async function list(context: CommandContext, options: ArtifactsOptions): Promise<ExitCode> {
	const root = artifactsRoot(context.workspace);
	const runId = options.run === undefined ? null : (await findRun([root], options.run)).runId;
	const files = await withIndex(root, (index) => index.files(runId === null ? {} : { runId }));
	const some = files.slice(0, options.limit);
	if (context.json) for (const file of some) await writeJson(context.stdout, file);
	else for await (const line of tableLines(COLUMNS, some)) await writeLine(context.stdout, line);
	return 0;
}

/** The lineage of a run or a file, with every file compared with its checksum. */
export async function show(context: CommandContext, subject: string, options: ShowArtifactOptions): Promise<ExitCode> {
	const lineage = await checkLineage(await lineageOf([artifactsRoot(context.workspace)], subject), context.signal);
	if (context.json) await writeJson(context.stdout, lineage);
	else
		for (const row of lineageRows(lineage)) await writeLine(context.stdout, printable(lineText(row.prefix, row.node)));
	// Tasks are known by their content, wherever they lie now.
	const wrong = [...nodesOf(lineage)].filter(
		({ kind, state }) => kind !== "tasks" && (state === "changed" || state === "missing"),
	);
	if (!context.json && !context.quiet) await writeLine(context.stderr, summaryOf(lineage, wrong.length));
	return options.check === true && wrong.length > 0 ? 1 : 0;
}

function lineText(prefix: string, node: LineageNode | string): string {
	if (typeof node === "string") return `${prefix}${node}`;
	const { kind, id, detail, bytes, sha256, state } = node;
	const facts = [
		...(kind === "file" ? [] : [kind]),
		id,
		...(detail === null ? [] : [`(${detail})`]),
		...(bytes === null ? [] : [sizeText(bytes)]),
		...(sha256 === null ? [] : [`${kind === "tasks" ? "fingerprint" : "sha256"} ${sha256.slice(0, 16)}`]),
		...(state === "not_compared" ? [] : [state]),
	];
	return `${prefix}${facts.join("  ")}`;
}

function summaryOf(lineage: Lineage, wrong: number): string {
	const same = [...nodesOf(lineage)].filter(({ state }) => state === "same").length;
	const compared = `${countOf(same, "file")} as recorded`;
	return wrong === 0 ? compared : `${compared}, ${wrong} changed or missing`;
}

function* nodesOf(lineage: Lineage): Generator<LineageNode> {
	const below = function* (nodes: readonly LineageNode[]): Generator<LineageNode> {
		for (const node of nodes) {
			yield node;
			yield* below(node.nodes);
		}
	};
	yield* below([lineage.subject, ...lineage.from, ...lineage.files, ...lineage.into]);
}

/** Builds the index of the workspace's artifacts anew. A run whose files are damaged is named and left out. */
export async function reindex(context: CommandContext): Promise<ExitCode> {
	const { runs, files, damaged } = await rebuildIndex(artifactsRoot(context.workspace));
	for (const problem of damaged) await writeLine(context.stderr, printable(`warning: left out: ${problem}`));
	if (context.json) await writeJson(context.stdout, { type: "reindex.finished", runs, files, damaged });
	else if (!context.quiet) {
		await writeLine(context.stdout, `index.sqlite: ${countOf(runs, "run")}, ${countOf(files, "file")}`);
	}
	return 0;
}
