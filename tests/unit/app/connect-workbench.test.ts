import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { connectWorkbench, threadEnded } from "../../../src/app/connect-workbench.js";
import { serveWorkbench } from "../../../src/app/serve-workbench.js";
import { PLAIN_START } from "../../../src/app/start-config.js";
import type { Workbench } from "../../../src/app/workbench.js";
import type { RunEvent } from "../../../src/domain/events.js";
import { AssayError } from "../../../src/lib/errors.js";
import { fakeEvents } from "../../views/fake-run.js";
import { createFakeWorkbench } from "../../views/fake-workbench.js";

const channels: MessageChannel[] = [];
afterEach(() => {
	for (const { port1 } of channels.splice(0)) port1.close();
});

function connected(over: Partial<Workbench> = {}) {
	const channel = new MessageChannel();
	channels.push(channel);
	serveWorkbench({ ...createFakeWorkbench(), ...over }, channel.port1, () => {});
	return connectedTo(() => channel.port2);
}

/** Requests go to the port that is there at the time. */
function connectedTo(port: () => MessagePort) {
	const connection = connectWorkbench((request) => port().postMessage(request), { workspace: "/w", tasksPath: "/t" });
	port().on("message", connection.receive);
	return connection;
}

const never = new AbortController().signal;

test("an error keeps its code, its hint and its cause", async () => {
	const cause = Object.assign(new RangeError("too far"), { name: "RangeError" });
	const { workbench } = connected({
		openTask: () => Promise.reject(new AssayError("prerequisite", "no python", { hint: "install it", cause })),
		sandbox: () => Promise.reject(new TypeError("a bug")),
	});
	const error = await workbench.openTask("x").catch((thrown: unknown) => thrown);
	expect(error).toBeInstanceOf(AssayError);
	expect(error).toMatchObject({ code: "prerequisite", message: "no python", hint: "install it" });
	expect(error).toMatchObject({ cause: { name: "RangeError", message: "too far" } });
	await expect(workbench.sandbox()).rejects.toMatchObject({
		name: "TypeError",
		stack: expect.stringContaining("a bug"),
	});
});

test("a failure in the middle of a stream comes after what was there before it", async () => {
	const events = fakeEvents("run", ["a", "b"], 50);
	const { workbench } = connected({
		async *readEvents() {
			yield* events;
			await Promise.resolve();
			throw new AssayError("usage", "log:9: not valid JSON");
		},
	});
	const got: RunEvent[] = [];
	const reading = (async () => {
		for await (const event of workbench.readEvents("run", never)) got.push(event);
	})();
	await expect(reading).rejects.toMatchObject({ code: "usage", message: "log:9: not valid JSON" });
	expect(got).toEqual(events);
});

test("a reader that stops ends the reading, and one that is slow is waited for", async () => {
	const many = fakeEvents("run", ["a"], 2000);
	let given = 0;
	let closed = false;
	const { workbench } = connected({
		async *readEvents() {
			try {
				for (const event of many) {
					given++;
					yield await Promise.resolve(event);
				}
			} finally {
				closed = true;
			}
		},
	});
	const reader = workbench.readEvents("run", never)[Symbol.asyncIterator]();
	for (let i = 0; i < 300; i++) await reader.next();
	// Round trips: whatever could be sent has been.
	for (let i = 0; i < 20; i++) await workbench.sandbox();
	expect(given).toBeLessThan(many.length / 4);
	await reader.return?.();
	await expect.poll(() => closed).toBe(true);
});

test("an abort ends a stream that is waiting", async () => {
	const stop = new AbortController();
	const { workbench } = connected({
		async *listTasks(signal) {
			await new Promise((resolve) => signal.addEventListener("abort", resolve));
		},
	});
	const reading = workbench.listTasks(stop.signal)[Symbol.asyncIterator]().next();
	stop.abort(new Error("the screens are closed"));
	await expect(reading).rejects.toThrow("the screens are closed");
});

test("what waits and what is asked later fails when the other end is gone", async () => {
	const connection = connected({ sandbox: () => new Promise(() => {}) });
	const { workbench } = connection;
	const waiting = workbench.sandbox();
	connection.fail(threadEnded(new Error("out of memory"), false));
	await expect(waiting).rejects.toMatchObject({ code: "host", message: expect.stringContaining("out of memory") });
	await expect(workbench.listRuns()).rejects.toMatchObject({ code: "host" });
	await expect(workbench.readEvents("x", never)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "host" });
	expect(() => workbench.startRun({ ...PLAIN_START, taskIds: [], backend: "noop", n: 1, seed: 1 })).toThrow(
		"has ended",
	);
});

test("after the other end was lost a new one answers, and nothing of a lost run or stream is sent to it", async () => {
	const ends = [0, 1].map(() => {
		const channel = new MessageChannel();
		channels.push(channel);
		return channel;
	});
	const requests: string[] = [];
	for (const { port1 } of ends) {
		serveWorkbench(
			{ ...createFakeWorkbench({ pace: (emit) => emit() }), sandbox: () => new Promise(() => {}) },
			port1,
			() => {},
		);
	}
	let at = 0;
	const portAt = (): MessagePort => ends[at]?.port2 ?? raise();
	const connection = connectedTo(portAt);
	ends[1]?.port2.on("message", connection.receive);
	ends[1]?.port1.on("message", ({ kind }: { kind: string }) => requests.push(kind));
	const { workbench } = connection;
	const handle = workbench.startRun({
		...PLAIN_START,
		taskIds: ["two_sum"],
		backend: "mock",
		n: 1,
		seed: 1,
	});
	const stopListening = handle.subscribe(() => {});
	await handle.runId;
	const stream = workbench.listTasks(never)[Symbol.asyncIterator]();
	await stream.next();
	const waiting = workbench.sandbox();
	at = 1;
	connection.lose(threadEnded(new Error("out of memory"), true));
	await expect(waiting).rejects.toMatchObject({ code: "host", message: expect.stringContaining("out of memory") });
	await expect(handle.finished).rejects.toMatchObject({ code: "host" });
	handle.cancel();
	stopListening();
	await stream.return?.();
	expect((await workbench.listRuns()).length).toBeGreaterThan(0);
	expect(requests).toEqual(["call"]);
});

function raise(): never {
	throw new Error("there is no such port");
}

test("a run that could not even be started fails as if it were started here", async () => {
	const { workbench } = connected({
		startRun: () => {
			throw new AssayError("usage", "no such backend");
		},
	});
	const handle = workbench.startRun({ ...PLAIN_START, taskIds: [], backend: "none", n: 1, seed: 1 });
	await expect(handle.finished).rejects.toMatchObject({ code: "usage" });
	await expect(handle.runId).rejects.toMatchObject({ code: "usage" });
});
