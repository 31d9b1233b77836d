// What a walk asks of the person who sits before the client, and of her friend elsewhere: one line of JSON out, one in.

import { strict as assert } from "node:assert";
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export async function ask(act, what = {}) {
  process.stdout.write(`${JSON.stringify({ act, ...what })}\n`);
  return JSON.parse((await lines.next()).value);
}

export async function done(step) {
  await ask("done", { step });
}

export async function eventually(look, what) {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not come to pass`);
}

export async function within(promise, seconds, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come in ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function refused(promise, status) {
  const error = await promise.then(() => null, (thrown) => thrown);
  assert.ok(error, "this should be refused");
  assert.equal(error.statusCode ?? error.response?.status, status);
}

export { assert };
