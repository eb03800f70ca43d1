import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { checksumFile } from "../../src/artifacts/checksum.js";
import { scanFile } from "../../src/artifacts/scan-secrets.js";
import { loadSecretSearch } from "../../src/artifacts/secret-rules.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = "20261121-033709-best-of-n-f8tm";
const MEGABYTES = 256;

/** The scan for secrets over a large log and over large rollouts, beside the checksum of the same bytes. */
async function main(json: boolean): Promise<void> {
	const report = (row: object, text: string) =>
		void process.stdout.write(json ? `${JSON.stringify({ type: "bench.row", bench: "scan", ...row })}\n` : text);
	report({ name: "machine" }, `scan: ${availableParallelism()} processors, Node ${process.versions.node}\n`);
	const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
	try {
		const search = await loadSecretSearch();
		for (const source of [`logs/${run}.log`, `rollouts/${run}.jsonl`]) {
			const path = join(folder, "large.txt");
			await pipeline(repeated(readFileSync(join(root, "fixtures/runs", source))), createWriteStream(path));
			await pipeline(createReadStream(path), async (chunks) => {
				for await (const _chunk of chunks);
			});
			const { signal } = new AbortController();
			const summed = await timed(async () => (await checksumFile(path)).bytes);
			const scanned = await timed(async () => {
				let findings = 0;
				for await (const scan of scanFile(path, search, { signal, onBytes: () => {} }))
					findings += scan.findings.length;
				return findings;
			});
			const [scan, checksum] = [MEGABYTES / scanned.seconds, MEGABYTES / summed.seconds];
			const rssMb = process.memoryUsage.rss() / 2 ** 20;
			report(
				{ source, megabytesPerSecond: scan, checksumMegabytesPerSecond: checksum, rssMb, findings: scanned.value },
				`${source}: ${MEGABYTES} MB at ${scan.toFixed(0)} MB/s, ${scanned.value} findings; sha256 of it ${checksum.toFixed(0)} MB/s; ${rssMb.toFixed(0)} MB\n`,
			);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function* repeated(bytes: Buffer): Generator<Buffer> {
	for (let written = 0; written < MEGABYTES * 1e6; written += bytes.length) yield bytes;
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
	const startedAt = performance.now();
	const value = await work();
	return { value, seconds: (performance.now() - startedAt) / 1000 };
}

await main(process.argv.includes("--json"));
