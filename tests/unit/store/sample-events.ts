import type { RunEvent } from "../../../src/domain/events.js";
import { fakeEvents } from "../../views/fake-run.js";

/** 4 tasks with 12 candidates each, a multiple of 10 ms apart. */
export const events: readonly RunEvent[] = fakeEvents("20261121-093000-best-of-n-test", ["a", "bb", "ccc", "dddd"], 12);
