/** Distribution function of the standard normal, by the incomplete gamma function (Numerical Recipes, section 6.2). */
export function normalCdf(z: number): number {
	return 0.5 * erfc(-z / Math.SQRT2);
}

/**
 * Quantile of the standard normal: the bracket [-40, 40] is halved until it does not shrink any more. Throws RangeError
 * unless 0 < p < 1.
 */
export function normalQuantile(p: number): number {
	if (!(p > 0 && p < 1)) throw new RangeError(`a normal quantile needs 0 < p < 1, got ${p}`);
	return p <= 0.5 ? -invert((x) => normalCdf(-x), p, 0, 40, false) : invert(normalCdf, p, 0, 40, true);
}

/** Regularised incomplete beta I_x(a, b), by Lentz' continued fraction (Numerical Recipes, section 6.4). */
export function betaCdf(x: number, a: number, b: number): number {
	if (!(a > 0 && b > 0)) throw new RangeError(`the beta distribution needs a, b > 0, got ${a}, ${b}`);
	if (x <= 0) return 0;
	if (x >= 1) return 1;
	const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
	return x < (a + 1) / (a + b + 2)
		? (front * continuedFraction(x, a, b)) / a
		: 1 - (front * continuedFraction(1 - x, b, a)) / b;
}

/** Throws RangeError unless 0 <= p <= 1. */
export function betaQuantile(p: number, a: number, b: number): number {
	if (!(p >= 0 && p <= 1)) throw new RangeError(`a beta quantile needs 0 <= p <= 1, got ${p}`);
	return invert((x) => betaCdf(x, a, b), p, 0, 1, true);
}

/** log C(n, k). */
export function logChoose(n: number, k: number): number {
	return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** Lanczos' approximation with g = 7 and nine terms; relative error about 1e-15 for x > 0. */
function logGamma(x: number): number {
	if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
	const t = x + LANCZOS_G - 0.5;
	const sum = LANCZOS.reduce((total, term, i) => total + (i === 0 ? term : term / (x - 1 + i)), 0);
	return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const LANCZOS_G = 7;
const LANCZOS = [
	0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
	12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Where a monotone function takes the value: the midpoint once floating point knows no number between the ends. */
function invert(f: (x: number) => number, value: number, low: number, high: number, rising: boolean): number {
	let [below, above] = [low, high];
	for (;;) {
		const middle = (below + above) / 2;
		if (middle <= below || middle >= above) return middle;
		if (f(middle) < value === rising) below = middle;
		else above = middle;
	}
}

function continuedFraction(x: number, a: number, b: number): number {
	const tiny = 1e-300;
	const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
	let c = 1;
	let d = 1 / away(1 - ((a + b) * x) / (a + 1));
	let result = d;
	for (let m = 1; m <= 100_000; m++) {
		const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
		d = 1 / away(1 + even * d);
		c = away(1 + even / c);
		result *= d * c;
		const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 / away(1 + odd * d);
		c = away(1 + odd / c);
		result *= d * c;
		if (Math.abs(d * c - 1) < 1e-16) break;
	}
	return result;
}

/** Through the incomplete gamma function: erfc(x) = Q(1/2, x^2) for x >= 0. */
function erfc(x: number): number {
	if (x < 0) return 2 - erfc(-x);
	if (x === 0) return 1;
	const square = x * x;
	return square < 1.5 ? 1 - lowerGammaSeries(square) : upperGammaFraction(square);
}

const LOG_GAMMA_HALF = Math.log(Math.sqrt(Math.PI));

/** P(1/2, x) by its series. */
function lowerGammaSeries(x: number): number {
	let term = 2;
	let sum = term;
	for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
		term *= x / (0.5 + n);
		sum += term;
	}
	return sum * Math.exp(-x + 0.5 * Math.log(x) - LOG_GAMMA_HALF);
}

/** Q(1/2, x) by its continued fraction. */
function upperGammaFraction(x: number): number {
	let b = x + 0.5;
	let c = 1e300;
	let d = 1 / b;
	let result = d;
	for (let n = 1; n <= 10_000; n++) {
		const term = -n * (n - 0.5);
		b += 2;
		d = 1 / (term * d + b);
		c = b + term / c;
		result *= d * c;
		if (Math.abs(d * c - 1) < 1e-16) break;
	}
	return result * Math.exp(-x + 0.5 * Math.log(x) - LOG_GAMMA_HALF);
}
