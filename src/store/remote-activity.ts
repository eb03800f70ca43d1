import type { MirroredFile } from "../domain/mirrored-files.js";
import type { FileBreak, GpuSample, RemoteFacts, RemoteUpdate } from "../domain/remote-activity.js";
import type { LinkState } from "../domain/remote-run.js";

/** Of each GPU: what is looked at to tell whether it idles, and drawn as its course. */
const KEPT_SAMPLES = 600;

/** One GPU: how it is, and how busy it was, oldest first. */
export interface GpuCourse {
	last: GpuSample;
	times: number[];
	/** In percent; NaN: the driver did not tell. */
	busy: number[];
}

/** What one of its hosts, or of Slurm's nodes, tells. */
export interface MemberActivity {
	/** null: it said nothing. */
	line: string | null;
	/** What Slurm calls it; null: that is not told, or it is a host. */
	node: string | null;
	/** By their indices. */
	gpus: ReadonlyMap<number, GpuCourse>;
}

/** A training on another machine, apart from its figures. */
export interface RemoteActivity {
	run: RemoteFacts;
	/** null: nobody follows it from here. */
	link: LinkState | null;
	/** When the link was told last; null: never. */
	linkAtMs: number | null;
	/** Room where it writes; null: it was not told. */
	freeBytes: number | null;
	/** The end of its log, as it was there; null: nobody had to ask for it. */
	logEnd: { lines: readonly string[]; bytes: number } | null;
	/** Of the last attempt. */
	breaks: readonly FileBreak[];
	transfer: { direction: "up" | "down"; bytes: number; total: number } | null;
	/** Of the last attempt, at its end. */
	proofs: ReadonlyMap<MirroredFile, { bytes: number; sha256: string; isEqual: boolean }>;
	/** By their numbers, which count from 0. */
	members: ReadonlyMap<number, MemberActivity>;
}

/** Of an attempt that has just begun. */
const NOTHING_YET = { proofs: new Map(), members: new Map(), breaks: [], logEnd: null } as const;

export function reduceRemote(was: RemoteActivity | null, update: RemoteUpdate): RemoteActivity | null {
	if (update.kind === "remote") {
		const { run } = update;
		if (was === null) {
			return { run, link: null, linkAtMs: null, transfer: null, freeBytes: null, ...NOTHING_YET };
		}
		const isSame = was.run.attempt === run.attempt;
		return isSame ? { ...was, run } : { ...was, run, ...NOTHING_YET };
	}
	if (was === null) return null;
	switch (update.kind) {
		case "link":
			return { ...was, link: update.link, linkAtMs: update.atMs, transfer: null };
		case "disk":
			return { ...was, freeBytes: update.freeBytes };
		case "logEnd":
			return { ...was, logEnd: { lines: update.lines, bytes: update.bytes } };
		case "broken": {
			const { kind: _kind, ...broken } = update;
			const others = was.breaks.filter(({ aside }) => aside !== broken.aside);
			const known = was.breaks.find(({ aside }) => aside === broken.aside);
			return { ...was, breaks: [...others, broken.why === null && known ? known : broken] };
		}
		case "transfer": {
			const { direction, bytes, total } = update;
			return { ...was, transfer: bytes < total ? { direction, bytes, total } : null };
		}
		case "proved": {
			const { file, bytes, sha256, isEqual } = update;
			return { ...was, proofs: new Map(was.proofs).set(file, { bytes, sha256, isEqual }) };
		}
		case "gpus":
			return withMember(was, update.member, (one) => ({ ...one, gpus: addSamples(one.gpus, update.samples) }));
		case "said":
			return withMember(was, update.member, (one) => ({
				...one,
				line: update.line,
				node: update.node ?? one.node,
			}));
	}
}

function withMember(
	was: RemoteActivity,
	member: number,
	change: (one: MemberActivity) => MemberActivity,
): RemoteActivity {
	const one = was.members.get(member) ?? { line: null, node: null, gpus: new Map() };
	return { ...was, members: new Map(was.members).set(member, change(one)) };
}

function addSamples(was: MemberActivity["gpus"], samples: readonly GpuSample[]): MemberActivity["gpus"] {
	const gpus = new Map(was);
	for (const sample of samples) {
		const course = gpus.get(sample.index) ?? { last: sample, times: [], busy: [] };
		course.times.push(sample.atMs);
		course.busy.push(sample.busy ?? Number.NaN);
		// Twice as many before any are let go, so that each costs no more than the one before.
		if (course.busy.length > 2 * KEPT_SAMPLES) {
			course.times.splice(0, KEPT_SAMPLES);
			course.busy.splice(0, KEPT_SAMPLES);
		}
		gpus.set(sample.index, { ...course, last: sample });
	}
	return gpus;
}
