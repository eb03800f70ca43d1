import type { Reward } from "../domain/run.js";
import type { Verdict } from "../domain/verdict.js";
import { rewardV0Correctness } from "./reward-v0-correctness.js";

const rewards = {
	binary,
	fractional,
	reward_v0_correctness: rewardV0Correctness,
} satisfies Record<Reward["name"], (verdict: Verdict) => Reward>;

/** A judge error earns no reward at all, so the list is empty: a 0 would teach that the candidate was wrong. */
export function rewardsOf(verdict: Verdict): Reward[] {
	if (verdict.status === "judge_error") return [];
	return Object.values(rewards).map((reward) => reward(verdict));
}

function binary(verdict: Verdict): Reward {
	return { name: "binary", value: verdict.status === "accepted" ? 1 : 0, parts: {} };
}

/** Share of all tests of the task, run or not, that passed. */
function fractional(verdict: Verdict): Reward {
	return { name: "fractional", value: verdict.total === 0 ? 0 : verdict.passed / verdict.total, parts: {} };
}
