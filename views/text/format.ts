/** Numbers for people. All are pure and locale-free. A missing value is a dot. */
export const MISSING = "·";

export function formatMs(ms: number | null | undefined): string {
	if (ms === null || ms === undefined) return MISSING;
	if (ms < 10) return `${ms.toFixed(1)} ms`;
	if (ms < 1000) return `${Math.round(ms)} ms`;
	if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
	return formatClock(ms);
}

/** 02:05 or 1:02:05. */
export function formatClock(ms: number): string {
	const total = Math.max(0, Math.round(ms / 1000));
	const seconds = String(total % 60).padStart(2, "0");
	const minutes = String(Math.floor(total / 60) % 60).padStart(2, "0");
	const hours = Math.floor(total / 3600);
	return hours > 0 ? `${hours}:${minutes}:${seconds}` : `${minutes}:${seconds}`;
}

export function formatBytes(bytes: number | null | undefined): string {
	if (bytes === null || bytes === undefined) return MISSING;
	const units = ["B", "KiB", "MiB", "GiB", "TiB"];
	let value = bytes;
	let unit = 0;
	while (value >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return `${unit === 0 || value >= 100 ? Math.round(value) : trimZero(value.toFixed(1))} ${units[unit]}`;
}

export function formatRate(perSecond: number | null): string {
	if (perSecond === null) return MISSING;
	return `${perSecond >= 10 ? Math.round(perSecond) : trimZero(perSecond.toFixed(1))}/s`;
}

/** Three decimals, as scores are reported. */
export function formatScore(value: number | null): string {
	return value === null ? MISSING : value.toFixed(3);
}

export function formatCount(count: number): string {
	return String(count).replace(/\B(?=(\d{3})+$)/g, " ");
}

export function plural(count: number, one: string, many = `${one}s`): string {
	return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function trimZero(text: string): string {
	return text.endsWith(".0") ? text.slice(0, -2) : text;
}
