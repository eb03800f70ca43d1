const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `90m`, `12h`, `2d`; null: it is no such time. */
export function secondsOf(text: string): number | null {
	const [, count = "", unit = ""] = /^(\d{1,7})([smhd])$/.exec(text.trim()) ?? [];
	const seconds = Number(count) * (SECONDS[unit] ?? 0);
	return seconds > 0 ? seconds : null;
}

/** e.g. "8 s", "3 min 20 s", "2 h 5 min". */
export function durationText(milliseconds: number): string {
	const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
	if (seconds < 60) return `${seconds} s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
	return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
