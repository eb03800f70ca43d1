import type { HostFinding } from "../domain/host.js";

/** Runs a line of shell on a host that is looked at; never throws for what the line does. */
export type Run = (command: string, timeoutMs?: number) => Promise<{ isDone: boolean; text: string; said: string }>;
/** Keeps a finding. */
export type Tell = (name: string, level: HostFinding["level"], text: string, remedy?: string | null) => void;
