import { MIRRORED } from "../src/domain/mirrored-files.js";
import type { RemoteEvent } from "../src/domain/remote-run.js";

type Told<T extends RemoteEvent["type"]> = Extract<RemoteEvent, { type: T }>;

/** That a file here is what it is on the host, and what that does not tell. */
export function proofText({ file, bytes, sha256, aside, bytesAtEnd }: Told<"mirror.proved">): string {
	const name = MIRRORED[file].remote;
	const proof = `${name}: ${bytes} bytes, sha256 ${sha256.slice(0, 16)}… as on the host`;
	const before = aside.length === 0 ? "" : ` NOW; what was there before is in ${aside.join(", ")}`;
	const isOther = bytesAtEnd !== null && bytesAtEnd !== bytes;
	return `${proof}${before}${isOther ? `; WHEN THE RUN ENDED IT HAD ${bytesAtEnd}` : ""}`;
}
