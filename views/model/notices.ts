import type { Model } from "./model.js";

/** Long enough to be read; then the hints of the keys have their line again. */
const NOTE_MS = 6000;

/** Takes a note away after a while; warnings and errors stay until a key is pressed. Returns the way to stop it. */
export function fadeNotes(model: Model): () => void {
	let callOff = () => {};
	const ignore = model.ui.subscribe(({ notice }, was) => {
		if (notice === was.notice) return;
		callOff();
		const fades = notice?.level === "note";
		callOff = fades ? model.timers.after(NOTE_MS, () => model.ui.setState({ notice: null })) : () => {};
	});
	return () => {
		ignore();
		callOff();
	};
}
