import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../../../gateway/execution/compile.ts';
import { keptProgram, PreparedCache } from '../../../gateway/operations/prepared-cache.ts';

const maxBytes = 1_000_000;

test('a caller with texts without end pushes out their own, not what others use now and then', () => {
  for (const text of ['short', `${'long '.repeat(4_000)}`]) {
    const { cache, keep, isThere } = keeping();
    for (let i = 0; i < 10; i++) keep(`ann ${i}`, 'ann');
    for (let i = 0; i < 1_000; i++) keep(`mallory ${i} ${text}`, 'mallory', i % 2 === 0 ? 10 : 1_000);
    assert.deepEqual(
      Array.from({ length: 10 }, (_, i) => isThere(`ann ${i}`)),
      Array(10).fill(true),
    );
    assert.ok(isThere(`mallory 999 ${text}`));
    assert.ok(!isThere(`mallory 500 ${text}`));
    assert.ok(cache.bytes <= maxBytes);
  }
});

test('of a single caller, what is used stays', () => {
  const { cache, keep, isThere } = keeping();
  for (let i = 0; i < 1_000; i++) {
    keep(`often ${i % 10}`, 'ann');
    keep(`once ${i}`, 'ann', 1_000);
  }
  assert.ok(isThere('often 3'));
  assert.ok(isThere('once 999'));
  assert.ok(!isThere('once 900'));
  assert.ok(cache.bytes <= maxBytes && cache.bytes > maxBytes / 2);
});

test('whoever brought a program, all of it is counted once and let go of once', () => {
  const { cache, keep, isThere } = keeping();
  keep('ann', 'ann', 1_000, 'shared');
  keep('ben', 'ben', 1_000, 'shared');
  const both = cache.bytes;
  for (let i = 0; i < 200; i++) keep(`other ${i}`, undefined, 1_000);
  assert.ok(!isThere('ann') && !isThere('ben'));
  keep('ben', 'ben', 1_000, 'shared');
  assert.ok(cache.bytes > both && cache.bytes <= maxBytes);
  for (let i = 0; i < 200; i++) keep(`ben ${i}`, 'ben', 1_000);
  assert.ok(cache.bytes <= maxBytes && isThere('ben 199'));
});

/** `keep` asks for a text as somebody, and keeps it where it isn't there yet. */
function keeping() {
  const cache = new PreparedCache(maxBytes);
  const selections = [{ type: 'Query', fields: [] }];
  const program = { text: '', variables: [], inputTypes: {}, selections, enums: {}, interfaceObjects: [] };
  const operation = compile({ kind: 'query', ...program });
  const isThere = (key: string) => cache.get(key) !== undefined;
  const keep = (key: string, who: string | undefined, json = 100, id = key) => {
    if (!isThere(key)) cache.keep(key, keptProgram(id, operation, ' '.repeat(json)), {}, 0, who);
  };
  return { cache, keep, isThere };
}
