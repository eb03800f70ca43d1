export interface Draw {
	token: number;
	/** Under the model's own distribution, at temperature 1 and without top-p, so that runs can be compared. */
	logprob: number;
}

/**
 * Draws the next token. Temperature 0 takes the likeliest; top-p keeps the smallest set of likeliest tokens whose
 * probabilities, after the temperature, add up to it. There is no top-k. One number is taken from `random` a token, so that
 * what one sample draws does not depend on others in its batch.
 */
export function drawToken(
	logits: Float32Array,
	{ temperature, topP }: { temperature: number; topP: number },
	random: () => number,
): Draw {
	let best = 0;
	for (let i = 1; i < logits.length; i++) if ((logits[i] ?? 0) > (logits[best] ?? 0)) best = i;
	const most = logits[best] ?? 0;
	let total = 0;
	for (const logit of logits) total += Math.exp(logit - most);
	const logprobOf = (token: number): number => (logits[token] ?? 0) - most - Math.log(total);
	const chance = random();
	const token = temperature === 0 ? best : draw(logits, most, temperature, topP, chance);
	return { token, logprob: logprobOf(token) };
}

function draw(logits: Float32Array, most: number, temperature: number, topP: number, chance: number): number {
	const weights = new Float64Array(logits.length);
	let sum = 0;
	for (let i = 0; i < logits.length; i++) {
		const weight = Math.exp(((logits[i] ?? 0) - most) / temperature);
		weights[i] = weight;
		sum += weight;
	}
	if (topP >= 1) return pick(weights, null, chance * sum);
	const order = Array.from(weights.keys()).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0));
	let kept = 0;
	let mass = 0;
	while (kept < order.length && mass < topP * sum) mass += weights[order[kept++] ?? 0] ?? 0;
	return pick(weights, order.slice(0, kept), chance * mass);
}

function pick(weights: Float64Array, order: readonly number[] | null, point: number): number {
	const count = order?.length ?? weights.length;
	let left = point;
	let last = 0;
	for (let at = 0; at < count; at++) {
		const token = order === null ? at : (order[at] ?? 0);
		const weight = weights[token] ?? 0;
		if (weight === 0) continue;
		last = token;
		left -= weight;
		if (left < 0) return token;
	}
	// Rounding may leave a crumb.
	return last;
}
