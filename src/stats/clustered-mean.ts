import { clusterBootstrap } from "./bootstrap.js";
import type { Interval } from "./interval.js";
import { signFlip } from "./paired.js";

/** A value of something that belongs to a cluster, e.g. a task. */
export interface ClusteredValue {
	cluster: string;
	value: number;
}

export interface ClusteredMean {
	/** Over all values; null without any. */
	value: number | null;
	/** Clusters are drawn again whole. */
	interval: Interval | null;
	count: number;
	clusters: number;
}

export function clusteredMean(values: readonly ClusteredValue[]): ClusteredMean {
	const { sums, weights } = byCluster(values);
	const total = values.reduce((sum, { value }) => sum + value, 0);
	return {
		value: values.length === 0 ? null : total / values.length,
		interval: values.length === 0 ? null : clusterBootstrap({ sums, weights }),
		count: values.length,
		clusters: sums.length,
	};
}

export interface ClusteredDifference extends ClusteredMean {
	/** Two-sided sign-flip test over the means of the clusters. */
	p: number;
}

/** Of differences between pairs. */
export function clusteredDifference(differences: readonly ClusteredValue[]): ClusteredDifference {
	const { sums, weights } = byCluster(differences);
	const means = sums.map((sum, i) => sum / (weights[i] ?? 1));
	return { ...clusteredMean(differences), p: signFlip(means).p };
}

function byCluster(values: readonly ClusteredValue[]): { sums: Float64Array; weights: Float64Array } {
	const clusters = new Map<string, { sum: number; weight: number }>();
	for (const { cluster, value } of values) {
		const known = clusters.get(cluster) ?? { sum: 0, weight: 0 };
		known.sum += value;
		known.weight++;
		clusters.set(cluster, known);
	}
	const all = [...clusters.values()];
	return { sums: Float64Array.from(all, ({ sum }) => sum), weights: Float64Array.from(all, ({ weight }) => weight) };
}
