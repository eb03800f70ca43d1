import type { CommonOptions, OutOption } from "./options.js";

export interface VerifyArtifactsOptions extends CommonOptions {
	all?: true;
	strict?: true;
}

export interface ScanOptions extends CommonOptions, OutOption {
	redact?: true;
}

export interface PublishOptions extends CommonOptions, OutOption {
	redact?: true;
	allowFindings?: true;
}

export interface CheckClaimsOptions extends CommonOptions {
	strict?: true;
}

export type CardOptions = CommonOptions & OutOption;
