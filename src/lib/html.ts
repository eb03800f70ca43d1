/** Text as HTML shows it: no character of it is markup, whatever stands in it, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
	return text
		.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
		.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) => {
			return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
		});
}

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.45 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.2rem .7rem;text-align:left;border-bottom:1px solid #8885;vertical-align:top}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}pre{overflow:auto;padding:.6rem;background:#8881;white-space:pre-wrap;overflow-wrap:anywhere}
summary{cursor:pointer;padding:.15rem 0}svg text{font:12px system-ui,sans-serif;fill:currentColor}.good{color:#17803d}.bad{color:#b3261e}`;

/** What comes before the body of a page that loads nothing and runs nothing: no script, of ours or of anybody else. */
export function pageHead(title: string): string {
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1>
`;
}

export const PAGE_END = "</body></html>\n";

/** Cells are texts; columns of nothing but numbers stand right. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const isNumber = (text = "") => /^([-−+]?[\d.,]+( %)?|-)$/.test(text);
	const kinds = head.map((_title, at) => (rows.every((row) => isNumber(row[at])) ? ' class="n"' : ""));
	const cells = (tag: "th" | "td", texts: readonly string[]) =>
		texts.map((text, at) => `<${tag}${kinds[at] ?? ""}>${escapeHtml(text)}</${tag}>`).join("");
	const titles = cells("th", head);
	const lines = rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n");
	return `<table><thead><tr>${titles}</tr></thead><tbody>\n${lines}\n</tbody></table>\n`;
}

const BAR = { height: 20, label: 260, width: 420 };

/** Bars from zero, with the numbers beside them. */
export function htmlBars(label: string, bars: readonly { name: string; value: number; text: string }[]): string {
	const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
	const rows = bars.map(({ name, value, text }, i) => {
		const width = (value / most) * BAR.width;
		const y = i * BAR.height;
		return `<text x="${BAR.label - 8}" y="${y + 14}" text-anchor="end">${escapeHtml(name)}</text><rect x="${BAR.label}" y="${y + 3}" width="${width.toFixed(1)}" height="14" fill="#5b7fa6"/><text x="${(BAR.label + width + 6).toFixed(1)}" y="${y + 14}">${escapeHtml(text)}</text>`;
	});
	const [width, height] = [BAR.label + BAR.width + 120, bars.length * BAR.height + 4];
	return `<svg role="img" aria-label="${escapeHtml(label)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${rows.join("")}</svg>\n`;
}

/** Values between 0 and 1, each with its interval where it has one. */
export function htmlIntervals(
	label: string,
	rows: readonly { name: string; value: number; interval: { low: number; high: number } | null; text: string }[],
): string {
	const x = (share: number) => (BAR.label + share * BAR.width).toFixed(1);
	const lines = rows.map(({ name, value, interval, text }, i) => {
		const y = i * BAR.height + 10;
		const whisker =
			interval === null
				? ""
				: `<path d="M${x(interval.low)} ${y - 4}v8m0-4H${x(interval.high)}m0-4v8" stroke="#5b7fa6" stroke-width="2" fill="none"/>`;
		return `<text x="${BAR.label - 8}" y="${y + 4}" text-anchor="end">${escapeHtml(name)}</text>${whisker}<circle cx="${x(value)}" cy="${y}" r="4" fill="#b3261e"/><text x="${BAR.label + BAR.width + 8}" y="${y + 4}">${escapeHtml(text)}</text>`;
	});
	const [width, height] = [BAR.label + BAR.width + 120, rows.length * BAR.height + 22];
	const axis = [0, 0.25, 0.5, 0.75, 1].map((share) => {
		return `<path d="M${x(share)} 0V${height - 18}" stroke="#8885"/><text x="${x(share)}" y="${height - 5}" text-anchor="middle">${share}</text>`;
	});
	return `<svg role="img" aria-label="${escapeHtml(label)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${axis.join("")}${lines.join("")}</svg>\n`;
}
