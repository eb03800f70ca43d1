const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** ISO 8601 of what a person writes: `90m`, `12h`, `7d`, `2w` ago, or a date, with a time or without; null: neither. */
export function pointInTime(text: string, now: number): string | null {
	const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
	if (count !== undefined && (unit === "m" || unit === "h" || unit === "d" || unit === "w")) {
		return new Date(now - Number(count) * UNIT_MS[unit]).toISOString();
	}
	if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return null;
	const date = new Date(text);
	return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** e.g. "just now", "5 min", "3 h", "12 d". */
export function ageText(iso: string, now: number): string {
	const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
	if (minutes < 1) return "just now";
	if (minutes < 60) return `${minutes} min`;
	if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
	return `${Math.floor(minutes / 1440)} d`;
}
