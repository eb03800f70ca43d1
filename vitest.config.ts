import { defineConfig } from "vitest/config";

/** They look for what a judge may have left on the machine, whichever judge it was, or need a scheduler that keeps its times. */
const ALONE = [
	"tests/conformance/adversary.test.ts",
	"tests/conformance/pool.test.ts",
	"tests/conformance/repository.test.ts",
	"tests/e2e/judge-killed.test.ts",
	"tests/remote/slurm.test.ts",
];

export default defineConfig({
	test: {
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// Programs in real terminals meet machines that stall; a test that needed its second try is named in the output.
		retry: process.env.CI ? 1 : 0,
		projects: [
			{
				extends: true,
				test: {
					name: "beside",
					include: ["tests/**/*.test.{ts,tsx}"],
					exclude: ALONE,
					// Most of them wait for a program more than they work.
					maxWorkers: 2,
					sequence: { groupOrder: 0 },
				},
			},
			{
				extends: true,
				test: { name: "alone", include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
			},
		],
	},
});
