/** Servers that are known by name. Nothing is sent to any of them unless its name, or its address, is given. */
export const PROVIDERS = {
	openai: { baseUrl: "https://api.openai.com/v1", keyEnv: "OPENAI_API_KEY" },
	openrouter: { baseUrl: "https://openrouter.ai/api/v1", keyEnv: "OPENROUTER_API_KEY" },
} as const;
