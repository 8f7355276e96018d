import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remembered } from '../../../gateway/http/remembered.ts';

test('what a header says is worked out once, also that it says nothing; what is kept is bounded', () => {
  let calls = 0;
  const read = remembered((text) => {
    calls += 1;
    return text === 'nothing' ? undefined : text.length;
  });
  assert.deepEqual([read('a'), read('a'), read('nothing'), read('nothing'), calls], [1, 1, undefined, undefined, 2]);
  const long = 'x'.repeat(1000);
  assert.deepEqual([read(long), read(long), calls], [1000, 1000, 4]);
  for (let i = 0; i < 300; i += 1) read(`client ${i}`);
  assert.equal(calls, 304);
  read('a');
  assert.equal(calls, 305, 'older ones were let go');
});
