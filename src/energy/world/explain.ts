import type { ActionInput, StateInput } from "./messages.js";
import { type EditQuestion, energyOf, type WorldModel } from "./world-model.js";

export interface LineSurprise {
	/** From 0. */
	line: number;
	text: string;
	/** Energy less the energy without this line: above 0, the line makes the program unlikelier. */
	surprise: number;
	/** Of all that is above 0; 0 for other lines. */
	share: number;
}

/** Which lines make a candidate unlikely: each line is hidden from the model in turn. */
export async function lineSurprise(
	model: WorldModel,
	{ before, action }: EditQuestion,
	after: { code: string; entryPoint: string | null },
	asking: { signal: AbortSignal },
): Promise<LineSurprise[]> {
	const lines = after.code.split("\n");
	const hiding = lines.map((_, line): StateInput => ({ ...after, known: null, hidden: { from: line, to: line } }));
	const [start, whole, ...without] = await model.encode(
		[{ ...before, known: null, hidden: null }, { ...after, known: null, hidden: null }, ...hiding],
		asking,
	);
	if (start === undefined || whole === undefined) return [];
	const [predicted] = await model.predict([{ state: start.state, action }], asking);
	if (predicted === undefined) return [];
	const energy = energyOf(predicted, whole.target);
	const surprises = without.map(({ target }) => energy - energyOf(predicted, target));
	const total = surprises.reduce((sum, surprise) => sum + Math.max(0, surprise), 0);
	return lines.map((text, line) => {
		const surprise = surprises[line] ?? 0;
		return { line, text, surprise, share: total === 0 ? 0 : Math.max(0, surprise) / total };
	});
}

export interface ActionSwap {
	/** With the question that was asked, and with the other one. */
	energy: number;
	swapped: number;
	/** `swapped - energy`: above 0, the candidate is likelier for its own question. */
	difference: number;
}

/** The same programs before and after, asked for by another question. */
export async function actionSwap(
	model: WorldModel,
	{ before, action }: EditQuestion,
	after: { code: string; entryPoint: string | null },
	instead: ActionInput,
	asking: { signal: AbortSignal },
): Promise<ActionSwap | null> {
	const [start, end] = await model.encode(
		[before, after].map((program) => ({ ...program, known: null, hidden: null })),
		asking,
	);
	if (start === undefined || end === undefined) return null;
	const [own, other] = await model.predict(
		[action, instead].map((of) => ({ state: start.state, action: of })),
		asking,
	);
	if (own === undefined || other === undefined) return null;
	const [energy, swapped] = [energyOf(own, end.target), energyOf(other, end.target)];
	return { energy, swapped, difference: swapped - energy };
}
