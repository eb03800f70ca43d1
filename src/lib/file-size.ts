/** e.g. "812 B", "4.2 kB", "31 MB": powers of 1000, at most three digits. */
export function sizeText(bytes: number): string {
	let value = bytes;
	for (const unit of ["B", "kB", "MB", "GB"]) {
		if (value < 999.5) return `${unit === "B" || value >= 9.95 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
		value /= 1000;
	}
	return `${value.toFixed(1)} TB`;
}
