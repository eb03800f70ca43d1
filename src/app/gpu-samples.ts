import type { GpuSample } from "../domain/remote-activity.js";

/** A line of gpu.csv as `runner.sh` has it written; null: it is none, e.g. what a driver that fails says. */
export function gpuSampleOf(line: string): GpuSample | null {
	const cells = line.split(",").map((cell) => cell.trim());
	const [time = "", index, _uuid, name = "", busy, used, total, watts, limit, celsius, clock, ecc] = cells;
	const at = Date.parse(time.replace(/^(\d{4})\/(\d\d)\/(\d\d) /, "$1-$2-$3T"));
	const place = numberOrNull(index);
	if (Number.isNaN(at) || place === null || cells.length < 10) return null;
	return {
		atMs: at,
		index: place,
		name,
		busy: numberOrNull(busy),
		memoryMb: numberOrNull(used),
		memoryTotalMb: numberOrNull(total),
		watts: numberOrNull(watts),
		wattLimit: numberOrNull(limit),
		celsius: numberOrNull(celsius),
		smMhz: numberOrNull(clock),
		eccErrors: numberOrNull(ecc),
	};
}

/** Drivers write `[N/A]`, `[Not Supported]` and `ERR!` where they have nothing. */
function numberOrNull(text: string | undefined): number | null {
	return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
