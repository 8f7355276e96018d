import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Thread } from '../../../subgraphs/kit/thread.ts';

/** Answers each question with itself and how many it had before; never answers `hang`. */
const worker = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    let asked = 0;
    parentPort.on('message', (question) => {
      if (question === 'hang') for (;;);
      parentPort.postMessage({ answer: [question, asked++] });
    });
  `)}`,
);

test('a question that hangs and that nobody waits for any more holds up no others', { timeout: 20_000 }, async (t) => {
  const thread = new Thread<string, readonly [string, number]>(worker, undefined, 1);
  t.after(() => thread.close());
  const { signal } = new AbortController();
  assert.deepEqual(await thread.ask('a', signal), ['a', 0]);
  const gone = new AbortController();
  const hanging = thread.ask('hang', gone.signal);
  const waiting = Promise.all([thread.ask('b', signal), thread.ask('c', signal)]);
  gone.abort(new Error('gone'));
  await assert.rejects(hanging, { message: 'gone' });
  assert.deepEqual(await waiting, [
    ['b', 0],
    ['c', 1],
  ]);
});

test('a question whose caller goes away and that is answered in time costs no new thread', async (t) => {
  const thread = new Thread<string, readonly [string, number]>(worker, undefined, 20_000);
  t.after(() => thread.close());
  const gone = new AbortController();
  const left = thread.ask('a', gone.signal);
  gone.abort(new Error('gone'));
  await assert.rejects(left, { message: 'gone' });
  assert.deepEqual(await thread.ask('b', new AbortController().signal), ['b', 1]);
});
