/** Imports point down the layers of docs/architecture.md; within a layer, folders do not see each other. */
const layers = [
	["app"],
	["store"],
	["agents", "training", "compare", "lineage"],
	["tasks", "verify", "generate", "energy", "remote"],
	["stats", "rewards", "languages", "sandbox", "artifacts"],
	["domain", "lib"],
];
const forbidden = [
	{ name: "no-circular", severity: "error", from: {}, to: { circular: true } },
	{ name: "no-orphan-modules", severity: "error", from: { orphan: true, pathNot: ["\\.d\\.ts$"] }, to: {} },
	{
		name: "src-never-imports-the-screen",
		severity: "error",
		from: { path: "^src/" },
		to: { path: "^(views|commands)/|node_modules/(ink|react|ink-table)/" },
	},
	{
		name: "views-see-domain-lib-stats-store",
		severity: "error",
		from: { path: "^views/" },
		to: { path: "^(src|commands)/", pathNot: "^src/(domain|lib|stats|store)/", dependencyTypesNot: ["type-only"] },
	},
	{
		name: "commands-load-the-screen-lazily",
		severity: "error",
		from: { path: "^commands/" },
		to: { path: "^views/", dependencyTypesNot: ["dynamic-import", "type-only"] },
	},
	{
		name: "domain-knows-only-zod",
		severity: "error",
		from: { path: "^src/domain/" },
		to: { pathNot: "^src/domain/|node_modules/zod" },
	},
];
layers.forEach((layer, depth) => {
	for (const folder of layer) {
		const above = layers.slice(0, depth).flat();
		const beside = layer.filter((other) => other !== folder);
		const hidden = folder === "lib" || folder === "domain" ? above : [...above, ...beside];
		forbidden.push({
			name: `${folder}-imports-downwards`,
			severity: "error",
			from: { path: `^src/${folder}/` },
			to: { path: `^src/(${hidden.join("|")})/` },
		});
	}
});
module.exports = {
	forbidden,
	options: {
		doNotFollow: { path: "node_modules" },
		tsConfig: { fileName: "tsconfig.json" },
		tsPreCompilationDeps: "specify",
		enhancedResolveOptions: {
			extensions: [".ts", ".tsx", ".js", ".json"],
			exportsFields: ["exports"],
			conditionNames: ["import", "node", "default"],
		},
	},
};
