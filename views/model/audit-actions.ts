import type { AuditSubject } from "../../src/domain/audit.js";
import { logCommand, type Model, messageOf } from "./model.js";
import type { Audit } from "./state.js";

const TITLES: Record<AuditSubject["kind"], string> = { files: "Verification", secrets: "Secrets", claims: "Claims" };

/** Goes over what is named and shows what it finds beside the table. One that goes on is stopped for it. */
export function startAudit(model: Model, subject: AuditSubject): void {
	model.ui.getState().audit?.stop();
	const stopping = new AbortController();
	const signal = AbortSignal.any([stopping.signal, model.signal]);
	const audit: Audit = {
		title: TITLES[subject.kind],
		of: subject.kind === "claims" ? "claims.yaml" : (subject.runId ?? "everything"),
		findings: [],
		done: 0,
		total: 0,
		state: "going on",
		stop: () => stopping.abort(),
	};
	model.scroll.reset("run");
	model.ui.setState({ audit, runsPane: "run" });
	logCommand(model, commandOf(subject, model.workbench.workspace));
	void follow(model, audit, subject, signal);
}

/** Stops what goes on and takes it away; false where there is none. */
export function closeAudit(model: Model): boolean {
	const { audit } = model.ui.getState();
	audit?.stop();
	model.ui.setState({ audit: null });
	model.scroll.reset("run");
	return audit !== null;
}

async function follow(model: Model, audit: Audit, subject: AuditSubject, signal: AbortSignal): Promise<void> {
	const change = (what: Partial<Audit>) => {
		const now = model.ui.getState().audit;
		if (now?.stop === audit.stop) model.ui.setState({ audit: { ...now, ...what } });
	};
	try {
		for await (const item of model.workbench.audit(subject, signal)) {
			if (item.kind === "progress") change({ done: item.done, total: item.total });
			else change({ findings: [...(model.ui.getState().audit?.findings ?? []), item] });
		}
		change({ state: "ended" });
	} catch (error) {
		change({ state: signal.aborted ? "stopped" : { error: messageOf(error) } });
	}
}

function commandOf(subject: AuditSubject, workspace: string): string {
	const where = `--workspace ${workspace}`;
	switch (subject.kind) {
		case "files":
			return `assay artifacts verify ${subject.runId ?? "--all"} ${where}`;
		case "secrets":
			return `assay artifacts scan ${subject.runId} ${where}`;
		case "claims":
			return `assay claims check ${where}`;
	}
}
