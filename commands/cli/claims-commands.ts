import type { Command } from "commander";
import { type Act, examples } from "./action.js";
import type { CheckClaimsOptions } from "./artifacts-options.js";
import { addCommonOptions, type CommonOptions } from "./options.js";

const FORMAT = `
claims.yaml in the workspace:
  claims:
    - id: solves-most
      text: The model solves 62 % of the held-out tasks at the first try.
      eval: 20261121-093015            # a run; k: 1
      value: 0.62                      # or atLeast, atMost
    - id: tuned-is-better
      text: The tuned model solves 5 points more of them than the base model.
      compare: [20261120-101502, 20261121-093015]   # the baseline first
      says: better                     # or worse
      by: 0.05
  blocked:                             # wordings, beside the usual ones
    - {words: state of the art, reason: nobody else was measured}
`;

export function registerClaims(program: Command, act: Act): void {
	const claims = program
		.command("claims")
		.description("sentences with the figures they rest on, and whether these carry them");
	claims.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	claims.addHelpText("after", FORMAT);
	addCommonOptions(
		claims
			.command("check")
			.description(
				"compute what claims rest on again: supported, open or blocked, with reasons; exit 1 when one is blocked",
			)
			.argument("[claims...]", "ids of claims; all of them when none is given")
			.option("--strict", "exit 1 when one is open, too"),
	)
		.addHelpText(
			"after",
			examples([
				"assay claims check",
				"assay claims check tuned-is-better --json | jq .gates",
				"assay claims check --strict --workspace ~/experiments",
			]) + FORMAT,
		)
		.action(
			act<CheckClaimsOptions>(async (context, options, ids) => {
				const { check } = await import("../claims.js");
				return await check(context, ids, options);
			}),
		);
	addCommonOptions(claims.command("list").description("claims of the workspace, with what the last check said of them"))
		.addHelpText(
			"after",
			examples(["assay claims list", "assay claims list --json | jq 'select(.checked.status != \"supported\")'"]),
		)
		.action(
			act<CommonOptions>(async (context) => {
				const { list } = await import("../claims.js");
				return await list(context);
			}),
		);
}
