/** In order of precedence: when several hold for one candidate, the first one is its status. */
export const STATUSES = [
	"judge_error",
	"no_code",
	"patch_failed",
	"compile_error",
	"memory_limit_exceeded",
	"time_limit_exceeded",
	"output_limit_exceeded",
	"runtime_error",
	"wrong_answer",
	"accepted",
] as const;

/** In the order in which a candidate goes through them. */
export const PHASES = ["extract", "apply", "compile", "load", "public_tests", "hidden_tests"] as const;
