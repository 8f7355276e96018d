import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, flood, refused, startTarget, whileAsked } from './fixture.ts';

// Operations that were never asked before take a planning process some milliseconds each, and take part of its memory from others.

test('a caller with operations without end waits for them; what others ask for the first time comes in between', async (t) => {
  const target = await startTarget(t);
  const [mallory, ann] = await Promise.all([target.token('mallory'), target.token('ann')]);
  let answered = 0;
  const wide = Array.from({ length: 12 }, (_, i) => `f${i}: friends { name orders { total } }`).join(' ');
  const unseen = (i: number) => `{ p${i}: person(id: "1") { ${wide} } }`;
  await whileAsked(t, target, async () => {
    const attack = Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        await ask(target, { token: mallory, body: { query: unseen(i) } });
        answered += 1;
      }),
    );
    await flood(target, 1, () => ({ token: ann, body: { query: '{ __typename }' } }));
    for (let i = 0; i < 3; i++) {
      const before = answered;
      const answer = await ask(target, { token: ann, body: { query: `{ a${i}: person(id: "1") { name } }` } });
      assert.deepEqual(answer, { status: 200, body: { data: { [`a${i}`]: { name: 'Person 1' } } } });
      assert.ok(answered - before < 20, `${answered - before} of the other caller's operations came before`);
    }
    assert.ok(answered < 200, 'the attack is over already: it shows nothing');
    await attack;
  });
});

test('a name for an operation counts like its text, and is not told back at length', async (t) => {
  const target = await startTarget(t);
  const token = await target.token('mallory');
  const named = (length: number) => ({ query: '{ __typename }', operationName: 'x'.repeat(length) });
  assert.deepEqual(await ask(target, { token, body: named(900_000) }), {
    status: 400,
    body: refused(
      'OPERATION_LIMIT_EXCEEDED',
      "The operation's text has 900014 characters; at most 100000 are allowed (limits.operation_characters).",
      { limit: 'operation_characters', value: 900_014, maximum: 100_000 },
    ),
  });
  assert.deepEqual(await ask(target, { token, body: named(90_000) }), {
    status: 200,
    body: refused('OPERATION_RESOLUTION_FAILURE', `The document has no operation named "${'x'.repeat(200)}…".`),
  });
});
