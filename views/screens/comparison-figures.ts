import { green, type Paint, plain, red } from "../text/style.js";

export function changeText(change: number): string {
	return change === 0 ? "0" : `${change > 0 ? "+" : "-"}${Math.abs(change).toFixed(3)}`;
}

export function changePaint(change: number): Paint {
	return change > 0 ? green : change < 0 ? red : plain;
}

export function pText(p: number): string {
	return p < 0.0001 ? "< 0.0001" : p.toFixed(4);
}
