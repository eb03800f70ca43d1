import { examineMachine } from "../src/app/examine-machine.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { DoctorOptions } from "./cli/options.js";
import { writeJson, writeLine } from "./cli/print.js";
import { SHIPPED_MODEL } from "./model-config.js";

/** What works on this machine, and how to get the rest. */
export async function doctor(context: CommandContext, options: DoctorOptions): Promise<ExitCode> {
	const { sandbox, findings } = await examineMachine({
		tier: options.sandbox ?? null,
		model: SHIPPED_MODEL,
		signal: context.signal,
	});
	if (context.json) {
		await writeJson(context.stdout, { type: "doctor.finished", sandbox, findings });
		return 0;
	}
	for (const { name, ok, detail, hint } of findings) {
		await writeLine(context.stdout, `${ok ? "ok     " : "missing"} ${name.padEnd(10)}${detail}`);
		if (hint !== null) await writeLine(context.stdout, `${" ".repeat(18)}to get it: ${hint}`);
	}
	return 0;
}
