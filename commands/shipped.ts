import { fileURLToPath } from "node:url";

/** Something of `fixtures`, both in a clone and in the bundle, which lies one folder below the root too. */
export const shipped = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
