import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Concurrency } from '../../../../gateway/access/limits/concurrency.ts';

test('one caller may have so many requests at once, all together so many; nothing is left over', () => {
  const concurrency = new Concurrency({ concurrency: 5, caller_concurrency: 3 });
  const enter = (id: string) => {
    const entered = concurrency.enter(id);
    assert.equal(typeof entered, 'function');
    return entered as () => void;
  };
  const ofA = [enter('a'), enter('a'), enter('a')];
  assert.equal(concurrency.enter('a'), 'caller_concurrency');
  const ofB = [enter('b'), enter('__proto__')];
  assert.equal(concurrency.enter('b'), 'concurrency');
  assert.deepEqual([concurrency.all, concurrency.callers], [5, 3]);

  ofA[0]?.();
  ofA[0]?.();
  assert.equal(concurrency.all, 4, 'a request that ends twice ends once');
  const again = enter('a');
  assert.equal(concurrency.enter('a'), 'concurrency');
  for (const leave of [...ofA, ...ofB, again]) leave();
  assert.deepEqual([concurrency.all, concurrency.callers], [0, 0]);
});
