import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composed, ruled, told } from './rules-fixture.ts';

// Rules that change while the gateway runs: what was prepared before does not answer by the rules of before.

const query = '{ film { title budget } }';
const whole = { film: { title: 'Vertigo', budget: 5 } };
const part = { film: { title: 'Vertigo', budget: null } };

test('a new schema decides by its own rules about operations that were prepared before', async (t) => {
  const { ask, given, close, gateway } = await ruled({ films: filmsWith('') });
  t.after(close);
  for (const scopes of ['none', 'money', undefined, 'none']) assert.deepEqual((await ask(query, scopes)).data, whole);
  given();

  await gateway.update(composed({ films: filmsWith('@requiresScopes(scopes: [["money"]])') }));
  for (const scopes of ['none', undefined]) {
    const answer = await ask(query, scopes);
    assert.deepEqual(answer.data, part);
    assert.deepEqual(told(answer), ['film.budget: Not allowed: Film.budget requires the scope money.']);
    assert.deepEqual(given(), ['films Film.title', 'films Query.film']);
  }
  assert.deepEqual(await ask(query, 'money'), { status: 200, data: whole });

  await gateway.update(composed({ films: filmsWith('@requiresScopes(scopes: [["accounts"]])') }));
  assert.deepEqual((await ask(query, 'money')).data, part);
  assert.deepEqual((await ask(query, 'accounts')).data, whole);

  await gateway.update(composed({ films: filmsWith('@authenticated') }));
  assert.deepEqual((await ask(query)).data, part);
  assert.deepEqual((await ask(query, 'none')).data, whole);

  await gateway.update(composed({ films: filmsWith('') }));
  assert.deepEqual(await ask(query), { status: 200, data: whole });
});

test('a request that is under way when a rule comes ends by the schema that it began with', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const films = filmsWith('');
  const slow = {
    ...films,
    resolvers: {
      Query: {
        film: async () => {
          asked.resolve();
          await promise;
          return { title: 'Vertigo', budget: 5 };
        },
      },
    },
  };
  const { ask, close, gateway } = await ruled({ films: slow });
  t.after(close);
  const early = ask(query);
  await asked.promise;
  await gateway.update(composed({ films: filmsWith('@authenticated') }));
  resolve();
  assert.deepEqual((await early).data, whole);
  assert.deepEqual((await ask(query)).data, part);
});

function filmsWith(rule: string) {
  return {
    sdl: `type Query { film: Film } type Film { title: String budget: Int ${rule} }`,
    resolvers: { Query: { film: () => ({ title: 'Vertigo', budget: 5 }) } },
  };
}
