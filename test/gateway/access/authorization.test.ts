import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deniedRules, type PolicyDecisions } from '../../../gateway/access/authorization.ts';
import { anyone, type Caller } from '../../../gateway/access/caller.ts';
import type { Rule } from '../../../gateway/operations/rule.ts';

const authenticated: Rule = { id: 'b1', kind: 'authenticated' };
const scopes: Rule = { id: 'a2', kind: 'scopes', anyOf: [['read', 'write'], ['all']] };
const policies: Rule = { id: 'c3', kind: 'policies', anyOf: [['adult', 'paid'], ['staff']] };

test('scopes: all of one of the groups', () => {
  const allowed = [['read', 'write'], ['all'], ['all', 'read'], ['write', 'read', 'other']];
  const refused = [[], ['read'], ['write'], ['READ', 'write'], ['read write'], ['other']];
  for (const each of allowed) assert.equal(deniedRules(caller(...each), [scopes], nobody), '', each.join());
  for (const each of refused) assert.equal(deniedRules(caller(...each), [scopes], nobody), 'a2', each.join());
});

test('no group at all is met by nobody', () => {
  assert.equal(deniedRules(caller('all'), [{ id: 'd4', kind: 'scopes', anyOf: [] }], nobody), 'd4');
});

test('authentication: whoever brought a credential', () => {
  for (const kind of ['token', 'key', 'certificate', 'demo', 'anyone'] as const)
    assert.equal(deniedRules({ ...caller(), kind }, [authenticated], nobody), '', kind);
  assert.equal(deniedRules({ ...caller(), kind: 'anonymous' }, [authenticated], nobody), 'b1');
});

test('policies: all of one of the groups, decided at once or later', async () => {
  const cases: [string[], string][] = [
    [['adult', 'paid'], ''],
    [['staff'], ''],
    [['adult'], 'c3'],
    [[], 'c3'],
    [['other'], 'c3'],
  ];
  for (const [holding, denied] of cases) {
    assert.equal(
      deniedRules(
        caller(),
        [policies],
        deciding(() => new Set(holding)),
      ),
      denied,
    );
    const later = deniedRules(
      caller(),
      [policies],
      deciding(async () => new Set(holding)),
    );
    assert.ok(later instanceof Promise);
    assert.equal(await later, denied);
  }
});

test('all that fail are named in one order, with commas', async () => {
  const rules = [policies, authenticated, scopes];
  const anonymous = { ...caller(), kind: 'anonymous' } as const;
  assert.equal(deniedRules(anonymous, rules, nobody), 'a2,b1,c3');
  assert.equal(deniedRules(anonymous, rules.toReversed(), nobody), 'a2,b1,c3');
  assert.equal(deniedRules(caller('all'), rules, nobody), 'c3');
});

test('the names of policies are asked for, each once; and only where there are any', () => {
  const asked: (readonly string[])[] = [];
  const watching = deciding((_caller, names) => {
    asked.push(names);
    return new Set();
  });
  deniedRules(caller(), [scopes, authenticated], watching);
  deniedRules(caller(), [], watching);
  deniedRules(anyone, [policies], watching);
  assert.deepEqual(asked, []);
  deniedRules(caller(), [policies, { id: 'e5', kind: 'policies', anyOf: [['staff'], ['guest']] }, scopes], watching);
  assert.deepEqual(asked, [['adult', 'paid', 'staff', 'guest']]);
});

test('a policy that changes its mind is asked again, for the same caller and the same rules', async () => {
  const rules = [policies, scopes];
  const me = caller();
  let holding: ReadonlySet<string> = new Set(['staff']);
  const atOnce = deciding(() => holding);
  assert.equal(deniedRules(me, rules, atOnce), 'a2');
  holding = new Set();
  assert.equal(deniedRules(me, rules, atOnce), 'a2,c3');
  assert.equal(
    await deniedRules(
      me,
      rules,
      deciding(async () => new Set(['staff'])),
    ),
    'a2',
  );
  assert.equal(deniedRules(me, rules, atOnce), 'a2,c3');
});

test('nothing of one caller or one schema is another’s', () => {
  const rules = [scopes];
  const may = caller('all');
  assert.equal(deniedRules(may, rules, nobody), '');
  assert.equal(deniedRules(caller(), rules, nobody), 'a2');
  assert.equal(deniedRules(may, [{ id: 'f6', kind: 'scopes', anyOf: [['more']] }], nobody), 'f6');
  assert.equal(deniedRules(may, rules, nobody), '');
});

test('where nobody has to say who they are, every rule holds', () => {
  assert.equal(deniedRules(anyone, [scopes, policies, authenticated], nobody), '');
});

const nobody = deciding(() => new Set());

function deciding(decide: PolicyDecisions['decide']): PolicyDecisions {
  return { decide };
}

function caller(...given: string[]): Caller {
  return { id: 'someone', kind: 'token', claims: {}, scopes: new Set(given) };
}
