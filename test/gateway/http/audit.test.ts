import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditServer } from 'graphql-http';
import { run } from '../fixture.ts';

test('all audits of GraphQL over HTTP pass', async (t) => {
  const { origin } = await run(t);
  const results = await auditServer({ url: `${origin}/graphql`, fetchFn: fetch });
  for (const result of results) t.diagnostic(`${result.status.padEnd(6)} ${result.name}`);
  const failed = results.flatMap((result) => (result.status === 'ok' ? [] : [`${result.name}: ${result.reason}`]));
  assert.deepEqual(failed, []);
  assert.equal(results.length, 61);
});
