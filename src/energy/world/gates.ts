/** A bound that a figure has to reach before something may be said of the model. */
export interface Gate {
	name: string;
	/** null: there is nothing to measure it by. */
	value: number | null;
	/** The value has to be at least this, or above it where `above`. */
	bound: number;
	above: boolean;
	/** false also where there is no value. */
	passed: boolean;
}

export function atLeast(name: string, value: number | null, bound: number): Gate {
	return { name, value, bound, above: false, passed: value !== null && value >= bound };
}

export function above(name: string, value: number | null, bound: number): Gate {
	return { name, value, bound, above: true, passed: value !== null && value > bound };
}
