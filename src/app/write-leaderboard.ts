import { leaderboardMarkdown } from "../compare/leaderboard-text.js";
import type { Leaderboard } from "../domain/leaderboard.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { PAGE_END } from "../lib/html.js";
import { pageOfReport } from "../lib/html-report.js";

/** Writes a leaderboard: `.json` all figures, `.html` one page that loads nothing, any other ending Markdown. */
export function writeLeaderboard(board: Leaderboard, path: string): void {
	if (path.endsWith(".json")) writeFileAtomic(path, `${JSON.stringify(board, null, "\t")}\n`);
	else if (path.endsWith(".html")) writeFileAtomic(path, `${pageOfReport(leaderboardMarkdown(board))}${PAGE_END}`);
	else writeFileAtomic(path, leaderboardMarkdown(board));
}
