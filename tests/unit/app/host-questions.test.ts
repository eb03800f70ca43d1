import { expect, test } from "vitest";
import { createQuestionDesk } from "../../../src/app/host-questions.js";

test("questions wait until somebody is there, each is told once, and its answer goes to who asked", async () => {
	const desk = createQuestionDesk();
	const stop = new AbortController();
	const questions = desk.questionsFor("gpu1", stop.signal);
	const key = { type: "ssh-ed25519", base64: "AAAA", fingerprint: "SHA256:x" };
	const accepted = questions.acceptsHostKey("[127.0.0.1]:22", key);
	const passphrase = questions.passphrase("/keys/id", 1);
	const seen: string[] = [];
	for await (const question of desk.follow(stop.signal)) {
		seen.push(`${question.kind} ${question.host}`);
		desk.answer(question.id, question.kind === "hostKey" ? null : "secret");
		if (seen.length === 2) stop.abort();
	}
	expect(seen).toEqual(["hostKey gpu1", "passphrase gpu1"]);
	expect([await accepted, await passphrase]).toEqual([false, "secret"]);
});

test("a question that nobody answers ends with the work that asked it", async () => {
	const desk = createQuestionDesk();
	const stop = new AbortController();
	const asked = desk.questionsFor("gpu1", stop.signal).passphrase("/keys/id", 1);
	stop.abort(new Error("let go"));
	await expect(asked).rejects.toThrow("let go");
	desk.answer(1, "too late");
});
