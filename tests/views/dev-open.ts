// The screens over a workbench in memory, for looking at them without a judge: bundle this file and run it.
import { openScreens } from "../../views/open-screens.js";
import { lookFor } from "../../views/terminal/look.js";
import { skeleton } from "../../views/terminal/modes.js";
import { createTtyPort } from "../../views/terminal/tty-port.js";
import { createFakeWorkbench } from "./fake-workbench.js";

const { stdin, stdout, env, argv } = process;
stdout.write(skeleton(stdout.columns, stdout.rows));
const workbench = createFakeWorkbench({
	taskCount: Number(env.TASKS ?? 42),
	pace(emit) {
		const timer = setInterval(() => {
			if (!emit()) clearInterval(timer);
		}, 20);
	},
});
const { closed } = openScreens({
	workbench,
	terminal: createTtyPort(stdin, stdout),
	look: lookFor(env, { ascii: argv.includes("--ascii"), colour: true }),
	compositor: env.ASSAY_COMPOSITOR !== "off",
	signal: new AbortController().signal,
	saveDump: (text) => Promise.resolve(`${text.length} characters`),
});
await closed;
process.exit(0);
