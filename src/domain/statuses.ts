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

/** The finer reason behind a status; null where the status says it all. */
export const CAUSES = [
	"address_space",
	"assertion",
	"bad_test",
	"cgroup",
	"compiler_limit",
	"context",
	"cpu",
	"crashed",
	"disk",
	"empty",
	"exception",
	"exited_early",
	"infra",
	"missing_dependency",
	"no_entry_point",
	"no_tests",
	"path",
	"preflight",
	"processes",
	"protocol",
	"sandbox_setup",
	"setup",
	"syntax",
	"tampered",
	"test_raised",
	"tests_not_run",
	"too_large",
	"total_memory",
	"wall",
] as const;
