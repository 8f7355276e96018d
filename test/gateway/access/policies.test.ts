import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../../gateway/access/caller.ts';
import { anyone } from '../../../gateway/access/caller.ts';
import { Policies } from '../../../gateway/access/policies/policies.ts';
import type { AuthorizationSettings, Predicate } from '../../../gateway/config-file.ts';

const claims = {
  role: 'agent',
  level: 3,
  active: true,
  nothing: null,
  title: 'admin of nothing',
  groups: ['support', 'sales', 7],
  realm_access: { roles: ['supervisor'] },
  'https://acme.example/roles': ['auditor'],
  resource_access: { 'my.client': { roles: ['editor'] } },
  // Both can be meant: the whole name is.
  'a.b': 'whole',
  a: { b: 'inside' },
};

const table: readonly (readonly [Predicate, boolean])[] = [
  [{ claim: 'role', equals: 'agent' }, true],
  [{ claim: 'role', equals: 'Agent' }, false],
  [{ claim: 'level', equals: 3 }, true],
  [{ claim: 'level', equals: '3' }, false],
  [{ claim: 'active', equals: true }, true],
  [{ claim: 'active', equals: 'true' }, false],
  [{ claim: 'active', equals: 1 }, false],
  [{ claim: 'absent', equals: 'undefined' }, false],
  [{ claim: 'groups', equals: 'support' }, false],
  [{ claim: 'role', in: ['supervisor', 'agent'] }, true],
  [{ claim: 'role', in: ['supervisor'] }, false],
  [{ claim: 'level', in: ['3', 4] }, false],
  [{ claim: 'absent', in: ['undefined', 'null', 0, false] }, false],
  [{ claim: 'groups', contains: 'sales' }, true],
  [{ claim: 'groups', contains: 7 }, true],
  [{ claim: 'groups', contains: '7' }, false],
  [{ claim: 'groups', contains: 'sale' }, false],
  [{ claim: 'title', contains: 'admin' }, false],
  [{ claim: 'role', contains: 'agent' }, false],
  [{ claim: 'absent', contains: 'agent' }, false],
  [{ claim: 'role', exists: true }, true],
  [{ claim: 'role', exists: false }, false],
  [{ claim: 'absent', exists: true }, false],
  [{ claim: 'absent', exists: false }, true],
  [{ claim: 'nothing', exists: true }, false],
  [{ claim: 'nothing', exists: false }, true],
  [{ claim: 'realm_access.roles', contains: 'supervisor' }, true],
  [{ claim: 'realm_access.roles.0', exists: true }, false],
  [{ claim: 'realm_access.roles.length', exists: true }, false],
  [{ claim: 'role.length', exists: true }, false],
  [{ claim: 'https://acme.example/roles', contains: 'auditor' }, true],
  [{ claim: 'resource_access.my.client.roles', contains: 'editor' }, true],
  [{ claim: 'a.b', equals: 'whole' }, true],
  [{ claim: '.a', exists: true }, false],
  [{ claim: 'a.', exists: true }, false],
  [{ claim: '.', exists: true }, false],
  [{ scope: 'orders:read' }, true],
  [{ scope: 'orders' }, false],
  [{ scope: 'orders:read finance:read' }, false],
  [{ all: [{ scope: 'orders:read' }, { claim: 'role', equals: 'agent' }] }, true],
  [{ all: [{ scope: 'orders:read' }, { claim: 'role', equals: 'other' }] }, false],
  [{ any: [{ scope: 'finance:read' }, { claim: 'role', equals: 'agent' }] }, true],
  [{ any: [{ scope: 'finance:read' }, { claim: 'role', equals: 'other' }] }, false],
  [{ not: { claim: 'role', equals: 'agent' } }, false],
  [{ not: { any: [{ scope: 'finance:read' }, { all: [{ not: { scope: 'orders:read' } }] }] } }, true],
];

test('a condition on claims and scopes holds as written', () => {
  const settings = settingsOf(Object.fromEntries(table.map(([predicate], i) => [`p${i}`, predicate])));
  const policies = new Policies(settings, { log: silent() });
  const holding = policies.decide(
    callerOf(claims, ['orders:read', 'customer:contact']),
    table.map((_, i) => `p${i}`),
  );
  assert.ok(holding instanceof Set, 'what is known here is known at once');
  for (const [i, [predicate, expected]] of table.entries())
    assert.equal(holding.has(`p${i}`), expected, JSON.stringify(predicate));
});

test('what JavaScript objects inherit is no claim, whoever asks for it and whatever a token says', () => {
  const inherited = [
    '__proto__',
    'constructor',
    'toString',
    'constructor.name',
    '__proto__.admin',
    'a.__proto__.admin',
    'a.constructor',
  ];
  const settings = settingsOf(Object.fromEntries(inherited.map((claim) => [claim, { claim, exists: true }])));
  const policies = new Policies(settings, { log: silent() });
  const hostile = Object.create({ admin: true }) as Record<string, unknown>;
  hostile.a = { b: 1 };
  for (const given of [{ a: {} }, hostile, Object.create(null) as Record<string, unknown>])
    assert.deepEqual(policies.decide(callerOf(given), inherited), new Set());
  // A token that spells it out has the claim, as any other, and no object gets another prototype by it.
  const spelled = JSON.parse('{"__proto__":{"admin":true}}') as Record<string, unknown>;
  assert.deepEqual(policies.decide(callerOf(spelled), inherited), new Set(['__proto__', '__proto__.admin']));
  assert.equal(Object.hasOwn(Object.prototype, 'admin'), false);
});

test('no policy gets a meaning from what objects inherit', () => {
  const policies = new Policies(settingsOf({}), { log: silent() });
  assert.deepEqual(policies.decide(callerOf({}), ['__proto__', 'constructor', 'hasOwnProperty']), new Set());
});

test('claims of any form are survived', () => {
  const settings = settingsOf({ deep: { claim: 'a.b.c.d', equals: 1 }, list: { claim: 'a', contains: 'x' } });
  const policies = new Policies(settings, { log: silent() });
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`a.${i}`, { b: { c: 1 } }]));
  for (const a of [null, [], [[['x']]], 'x', 1, false, {}, { b: null }, { b: [] }, { b: { c: 'd' } }, many])
    assert.deepEqual(policies.decide(callerOf({ a }), ['deep', 'list']), new Set());
});

test('a name that nobody decides holds for nobody, and is logged once', () => {
  const log = silent();
  const policies = new Policies(settingsOf({ known: { scope: 's' } }), { log });
  for (let i = 0; i < 3; i++)
    assert.deepEqual(policies.decide(callerOf({}, ['s']), ['known', 'unknown']), new Set(['known']));
  assert.deepEqual(
    log.lines.map(([level, details]) => [level, details]),
    [['warn', { policy: 'unknown' }]],
  );
});

test('every policy holds where nobody has to say who they are', () => {
  const policies = new Policies(settingsOf({ known: { scope: 's' } }), { log: silent() });
  assert.deepEqual(policies.decide(anyone, ['known', 'unknown']), new Set(['known', 'unknown']));
});

function settingsOf(policies: Readonly<Record<string, Predicate>>): AuthorizationSettings {
  return { mode: 'filter', policies };
}

function callerOf(claims: Readonly<Record<string, unknown>>, scopes: readonly string[] = []): Caller {
  return { id: 'somebody', kind: 'token', claims, scopes: new Set(scopes) };
}

function silent() {
  const lines: [level: string, details: unknown, message: unknown][] = [];
  const at = (level: string) => (details: unknown, message?: unknown) => void lines.push([level, details, message]);
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
