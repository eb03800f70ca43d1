import { fileURLToPath } from "node:url";

/** Something of `fixtures`, both in a clone and in the bundle, which lies one folder below the root too. */
export const shipped = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));

export const SHIPPED_WORLD_MODEL = shipped("models/world-model");
export const SHIPPED_TREES = shipped("models/pass-probability/trees.json");
