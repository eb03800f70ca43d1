import tseslint from "typescript-eslint";

/** Only the rules that need types; Biome does the rest. */
export default tseslint.config(
	{ ignores: ["dist/", "artifacts/", "fixtures/", "node_modules/", "**/*.mjs", "**/*.cjs", "**/*.js"] },
	{
		files: ["src/**/*.ts", "commands/**/*.ts", "views/**/*.{ts,tsx}", "tests/**/*.{ts,tsx}"],
		languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
		plugins: { "@typescript-eslint": tseslint.plugin },
		linterOptions: { reportUnusedDisableDirectives: "error" },
		rules: {
			"@typescript-eslint/no-floating-promises": "error",
			"@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
			"@typescript-eslint/await-thenable": "error",
			"@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
			"@typescript-eslint/only-throw-error": "error",
			"@typescript-eslint/require-await": "error",
		},
	},
);
