import { expect, test } from "vitest";
import { passInterval } from "../../../src/stats/pass-interval.js";

const tasks = Array.from({ length: 12 }, (_, index) => ({ taskId: `t${index}`, n: 8, accepted: (index * 5) % 9 }));

test("the interval of a score hangs on its tasks, not on the order in which they were counted", () => {
	const interval = passInterval(tasks, 1);
	expect(interval).not.toBeNull();
	expect(passInterval(tasks.toReversed(), 1)).toEqual(interval);
});

test("tasks with fewer than k candidates are left out of it", () => {
	const short = { taskId: "t0a", n: 2, accepted: 2 };
	expect(passInterval([...tasks, short], 3)).toEqual(passInterval(tasks, 3));
	expect(passInterval([...tasks, short], 1)).not.toEqual(passInterval(tasks, 1));
});
