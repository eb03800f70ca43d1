import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["tests/**/*.test.{ts,tsx}"],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// Files run one after another: several look for processes and folders that a judge may have left on the machine.
		maxWorkers: 1,
		// Programs in real terminals meet machines that stall; a test that needed its second try is named in the output.
		retry: process.env.CI ? 1 : 0,
	},
});
