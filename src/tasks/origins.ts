/** A public tasks file at the place where its authors publish it. */
export interface Origin {
	file: string;
	url: string;
	sha256: string;
	bytes: number;
	license: string;
}

export const ORIGIN_NAMES = ["humaneval", "mbpp"] as const;
export type OriginName = (typeof ORIGIN_NAMES)[number];

export const origins = {
	humaneval: {
		file: "HumanEval.jsonl.gz",
		url: "https://raw.githubusercontent.com/openai/human-eval/6d43fb980f9fee3c892a914eda09951f772ad10d/data/HumanEval.jsonl.gz",
		sha256: "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef",
		bytes: 44_877,
		license: "MIT",
	},
	mbpp: {
		file: "mbpp.jsonl",
		url: "https://raw.githubusercontent.com/google-research/google-research/master/mbpp/mbpp.jsonl",
		sha256: "ccf64ceae9c5403bf50a044cb6d505bfd2a2963ee58338ba268fd65beab92a9f",
		bytes: 563_743,
		license: "CC-BY-4.0",
	},
} satisfies Record<OriginName, Origin>;
