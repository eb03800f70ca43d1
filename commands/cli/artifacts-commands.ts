import type { Command } from "commander";
import { type Act, examples } from "./action.js";
import type { CardOptions, PublishOptions, ScanOptions, VerifyArtifactsOptions } from "./artifacts-options.js";
import {
	type ArtifactsOptions,
	addCommonOptions,
	type CommonOptions,
	limitOption,
	outOption,
	type ShowArtifactOptions,
} from "./options.js";

export function registerArtifacts(program: Command, act: Act): void {
	const artifacts = program.command("artifacts").description("files that runs have written");
	artifacts.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	addCommonOptions(
		artifacts
			.command("list")
			.description("files that runs have written, with their checksums")
			.option("--run <run>", "only those of this run")
			.addOption(limitOption("files")),
	)
		.addHelpText("after", examples(["assay artifacts list --run latest", "assay artifacts list --json | jq -r .path"]))
		.action(
			act<ArtifactsOptions>(async (context, options) => {
				const { list } = await import("../artifacts.js");
				return await list(context, options);
			}),
		);
	addCommonOptions(
		artifacts
			.command("show")
			.description("where a run or a file comes from and what was made of it, compared with its checksums")
			.argument("<artifact>", "run id, the start of one, `latest`, or a file")
			.option("--check", "exit 1 when a file is missing or has changed"),
	)
		.addHelpText(
			"after",
			examples([
				"assay artifacts show latest",
				"assay artifacts show artifacts/rollouts/20261121-093015-best-of-n-k3f9.jsonl --json",
				"assay artifacts show fixtures/tasks",
			]),
		)
		.action(
			act<ShowArtifactOptions>(async (context, options, [artifact = ""]) => {
				const { show } = await import("../artifacts.js");
				return await show(context, artifact, options);
			}),
		);
	addCommonOptions(
		artifacts
			.command("verify")
			.description(
				"compare everything that manifests name with what is on disk: files, parents, the manifests themselves",
			)
			.argument(
				"[artifacts...]",
				"run ids, starts of them, `latest`, checkpoints, data sets, or folders with a manifest",
			)
			.option("--all", "everything in the workspace, and files that belong to nothing")
			.option("--strict", "exit 1 on warnings, too"),
	)
		.addHelpText(
			"after",
			examples([
				"assay artifacts verify --all",
				"assay artifacts verify latest",
				"assay artifacts verify --all --json | jq 'select(.faults != [])'",
			]),
		)
		.action(
			act<VerifyArtifactsOptions>(async (context, options, references) => {
				const { verify } = await import("../artifacts-verify.js");
				return await verify(context, references, options);
			}),
		);
	addCommonOptions(
		artifacts
			.command("scan")
			.description("look for keys, tokens, private keys, home folders and host names; what is found is never printed")
			.argument("<target>", "file, folder or archive; or a run id, the start of one, `latest`")
			.option("--redact", "also write a copy without them; needs --out")
			.option("--out <path>", "where the copy goes: a file for a file, a folder otherwise"),
	)
		.addHelpText(
			"after",
			examples([
				"assay artifacts scan latest",
				"assay artifacts scan artifacts --json | jq -r '.path, .line, .rule'",
				"assay artifacts scan train.log --redact --out train-public.log",
			]),
		)
		.action(
			act<ScanOptions>(async (context, options, [target = ""]) => {
				const { scan } = await import("../artifacts-scan.js");
				return await scan(context, target, options);
			}),
		);
	addCommonOptions(
		artifacts
			.command("archive")
			.description("pack a run for others, with how to reproduce it; refused when a scan finds what must not go out")
			.argument("<run>", "run id, the start of one, or `latest`")
			.option("--out <file>", "where to; default: artifacts/archives/<run>.tar.gz")
			.option("--redact", "pack copies in which what a scan finds is blotted out")
			.option("--allow-findings", "pack it as it is, whatever a scan finds"),
	)
		.addHelpText(
			"after",
			examples([
				"assay artifacts archive latest --out baseline.tar.gz",
				"assay artifacts archive 20261121-093015 --redact --out public.tar.gz",
				"tar xzf baseline.tar.gz -C elsewhere/artifacts && assay artifacts verify --all --workspace elsewhere",
			]),
		)
		.action(
			act<PublishOptions>(async (context, options, [run = ""]) => {
				const { publish } = await import("../artifacts-archive.js");
				return await publish(context, run, options);
			}),
		);
	addCommonOptions(
		artifacts
			.command("card")
			.description("a model card for a checkpoint, a data set card for a run's rollouts, from their manifests")
			.argument("<artifact>", "a checkpoint's name or folder; or a run id, the start of one, `latest`")
			.addOption(outOption()),
	)
		.addHelpText(
			"after",
			examples(["assay artifacts card latest", "assay artifacts card fixtures/models/tiny-coder --out README.md"]),
		)
		.action(
			act<CardOptions>(async (context, options, [artifact = ""]) => {
				const { card } = await import("../artifacts-card.js");
				return await card(context, artifact, options);
			}),
		);
	addCommonOptions(
		artifacts.command("reindex").description("build artifacts/index.sqlite anew from results and manifests"),
	)
		.addHelpText("after", examples(["assay artifacts reindex", "assay artifacts reindex --workspace ~/experiments"]))
		.action(
			act<CommonOptions>(async (context) => {
				const { reindex } = await import("../artifacts.js");
				return await reindex(context);
			}),
		);
}
