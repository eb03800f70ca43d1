#!/usr/bin/env node
// Runs on any Node: an old one gets one clear line instead of a syntax error from a dependency.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
	process.stderr.write(
		`assay needs Node 22.13 or newer; this is ${process.versions.node}. In a clone, \`npm ci\` brings one: use \`npm start\` or \`npx assay\`.\n`,
	);
	process.exit(2);
}
import("../dist/start.js").then(
	(program) => program.start(process.argv.slice(2)),
	(error) => {
		if (error && error.code === "ERR_MODULE_NOT_FOUND" && String(error.message).includes("dist/start.js")) {
			process.stderr.write("assay is not built yet: run `npm run build` (`npm ci` does it too).\n");
			process.exit(2);
		}
		throw error;
	},
);
