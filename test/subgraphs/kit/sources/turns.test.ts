import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Turns } from '../../../../subgraphs/kit/sources/sql/server/turns.ts';

const { signal } = new AbortController();

describe('turns at a pool', () => {
  test('another request is next, however many statements one has; each has a half then', async () => {
    const { entered, ask, leave } = harness(4);
    ask('a', 400);
    ask('b', 3);
    await turn();
    assert.equal(entered.join(''), 'aaaa');
    for (let i = 0; i < 4; i++) await leave('a');
    assert.equal(entered.slice(4).join(''), 'bbaa', 'b until both have as many');
    await leave('b');
    assert.equal(entered.at(-1), 'b');
    ask(undefined, 1);
    ask('c', 1);
    await leave('a');
    assert.equal(entered.at(-1), undefined, 'a ping');
    await leave(undefined);
    assert.equal(entered.at(-1), 'c');
  });

  test('whoever leaves the queue takes no place; who has none left is forgotten', async () => {
    const turns = new Turns(1);
    const giveBack = await turns.take('a', signal);
    const gone = new AbortController();
    const waiting = turns.take('b', gone.signal);
    const last = turns.take('c', signal);
    gone.abort(new Error('gone'));
    await assert.rejects(waiting, { message: 'gone' });
    await assert.rejects(turns.take('b', gone.signal), { message: 'gone' });
    giveBack();
    (await last)();
    (await turns.take('d', signal))();
  });
});

/** Asks as requests, and notes who has entered, in order. */
function harness(size: number) {
  const turns = new Turns(size);
  const entered: (string | undefined)[] = [];
  const held: [string | undefined, () => void][] = [];
  return {
    entered,
    ask(requestId: string | undefined, times: number) {
      for (let i = 0; i < times; i++) {
        turns.take(requestId, signal).then((giveBack) => {
          entered.push(requestId);
          held.push([requestId, giveBack]);
        });
      }
    },
    async leave(requestId: string | undefined) {
      const place = held.findIndex(([id]) => id === requestId);
      for (const [, giveBack] of held.splice(place, 1)) giveBack();
      await turn();
    },
  };
}
