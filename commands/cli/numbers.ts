import { InvalidArgumentError } from "commander";
import { secondsOf } from "../../src/lib/duration.js";

export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (/^[+-]?\d+$/.test(text) && value >= minimum && value <= maximum) return value;
		const range = maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`;
		throw new InvalidArgumentError(`Expected a whole number, ${range}.`);
	};
}

export function wholeNumbers(text: string): number[] {
	const values = text.split(",").map((part) => wholeNumber(1, 1_000_000)(part.trim()));
	return [...new Set(values)].sort((a, b) => a - b);
}

/** `1,2,3`, each once, in that order. */
export function seeds(text: string): number[] {
	return [...new Set(text.split(",").map((part) => wholeNumber(0, 2 ** 31)(part.trim())))];
}

/** In milliseconds. */
export function seconds(text: string): number {
	const milliseconds = Math.round(Number(text) * 1000);
	if (text.trim() !== "" && milliseconds >= 1 && milliseconds <= 600_000) return milliseconds;
	throw new InvalidArgumentError("Expected seconds, 0.001 to 600.");
}

export function numberIn(minimum: number, maximum: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (text.trim() !== "" && value >= minimum && value <= maximum) return value;
		throw new InvalidArgumentError(`Expected a number, ${minimum} to ${maximum}.`);
	};
}

export function share(text: string): number {
	const value = Number(text);
	if (text.trim() !== "" && value >= 0 && value <= 1) return value;
	throw new InvalidArgumentError("Expected a share, 0 to 1.");
}

/** Of money, or of anything else that may be nothing but not less. */
export function amount(text: string): number {
	const value = Number(text);
	if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
	throw new InvalidArgumentError("Expected a number, 0 or more.");
}

/** `90m`, `12h`, `2d`, in seconds. */
export function duration(text: string): number {
	const seconds = secondsOf(text);
	if (seconds !== null) return seconds;
	throw new InvalidArgumentError("Expected a time such as 90m, 12h or 2d.");
}
