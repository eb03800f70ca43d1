import { MIRRORED, type RemoteEvent } from "../src/domain/remote-run.js";
import { sizeText } from "../src/lib/file-size.js";

type Told<T extends RemoteEvent["type"]> = Extract<RemoteEvent, { type: T }>;

/** What happened to a file on a host that should only grow, and what is lost by it. */
export function breakText({ file, why, came, there, aside }: Told<"mirror.restarted">): string {
	const name = MIRRORED[file].remote;
	const kept = `the ${sizeText(came)} that had come are kept in ${aside}`;
	switch (why) {
		case "cut":
			return `LOST THERE: ${name} was cut on the host, which has ${sizeText(there)} of it now; ${kept}; what was written after them and before the cut is nowhere`;
		case "replaced":
			return `LOST THERE: another ${name} took the place of the first on the host; ${kept}; what the job still writes into the first does not come`;
		case "removed":
			return `LOST THERE: ${name} was removed on the host; ${kept}`;
		case "differs":
			return `${name} differed here from what is on the host and is brought again; ${kept}`;
	}
}

/** That a file here is what it is on the host, and what that does not tell. */
export function proofText({ file, bytes, sha256, aside, bytesAtEnd }: Told<"mirror.proved">): string {
	const name = MIRRORED[file].remote;
	const proof = `${name}: ${bytes} bytes, sha256 ${sha256.slice(0, 16)}… as on the host`;
	const before = aside.length === 0 ? "" : ` NOW; what was there before is in ${aside.join(", ")}`;
	const isOther = bytesAtEnd !== null && bytesAtEnd !== bytes;
	return `${proof}${before}${isOther ? `; WHEN THE RUN ENDED IT HAD ${bytesAtEnd}` : ""}`;
}
