/** P(label = 1) = 1 / (1 + exp(-(slope x + intercept))). */
export interface LogisticFit {
	slope: number;
	intercept: number;
}

const MOST_STEPS = 100;

/**
 * Maximum likelihood of a logistic curve of one number (Platt 1999), by Newton's method with halved steps. Labels are
 * drawn in a little, as Platt has it, so that a clean cut has a finite slope. Throws RangeError without both labels.
 */
export function fitLogistic(values: ArrayLike<number>, labels: ArrayLike<boolean>): LogisticFit {
	const size = values.length;
	let positive = 0;
	for (let i = 0; i < size; i++) positive += labels[i] ? 1 : 0;
	if (positive === 0 || positive === size) throw new RangeError("all labels are equal: no curve can be fitted");
	const [high, low] = [(positive + 1) / (positive + 2), 1 / (size - positive + 2)];
	const targetOf = (i: number): number => (labels[i] ? high : low);
	const loss = ({ slope, intercept }: LogisticFit): number => {
		let sum = 0;
		for (let i = 0; i < size; i++) {
			const logit = slope * (values[i] ?? 0) + intercept;
			sum += Math.max(logit, 0) - logit * targetOf(i) + Math.log1p(Math.exp(-Math.abs(logit)));
		}
		return sum;
	};
	let fit: LogisticFit = { slope: 0, intercept: Math.log((positive + 1) / (size - positive + 1)) };
	let now = loss(fit);
	for (let step = 0; step < MOST_STEPS; step++) {
		let [gradient, gradient0, a, b, c] = [0, 0, 1e-12, 0, 1e-12];
		for (let i = 0; i < size; i++) {
			const value = values[i] ?? 0;
			const chance = 1 / (1 + Math.exp(-(fit.slope * value + fit.intercept)));
			const [error, weight] = [chance - targetOf(i), chance * (1 - chance)];
			gradient += error * value;
			gradient0 += error;
			a += weight * value * value;
			b += weight * value;
			c += weight;
		}
		if (Math.hypot(gradient, gradient0) < 1e-8 * size) break;
		const determinant = a * c - b * b;
		const [slope, intercept] = [
			(c * gradient - b * gradient0) / determinant,
			(a * gradient0 - b * gradient) / determinant,
		];
		let better: { fit: LogisticFit; loss: number } | null = null;
		for (let length = 1; length > 1e-10 && better === null; length /= 2) {
			const tried = { slope: fit.slope - length * slope, intercept: fit.intercept - length * intercept };
			const then = loss(tried);
			if (then < now) better = { fit: tried, loss: then };
		}
		if (better === null) break;
		fit = better.fit;
		now = better.loss;
	}
	return fit;
}

export function logisticOf({ slope, intercept }: LogisticFit, value: number): number {
	return 1 / (1 + Math.exp(-(slope * value + intercept)));
}
