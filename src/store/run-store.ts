import { createStore, type StoreApi } from "zustand/vanilla";
import type { RunEvent } from "../domain/events.js";
import { reduce } from "./reduce.js";
import { createRunState, type RunState } from "./run-state.js";

/** `version` grows with every change, so that a subscriber can tell whether it has drawn the newest state. */
interface RunStoreValue {
	version: number;
	run: RunState;
}

export interface RunStore extends Pick<StoreApi<RunStoreValue>, "getState" | "subscribe"> {
	dispatch(event: RunEvent): void;
	/** Puts another state in place, e.g. an earlier one while replaying. */
	replace(run: RunState): void;
}

export function createRunStore(): RunStore {
	const store = createStore<RunStoreValue>(() => ({ version: 0, run: createRunState() }));
	const show = (run: RunState) => store.setState((was) => ({ version: was.version + 1, run }));
	return {
		getState: store.getState,
		subscribe: store.subscribe,
		dispatch: (event) => show(reduce(store.getState().run, event)),
		replace: show,
	};
}
