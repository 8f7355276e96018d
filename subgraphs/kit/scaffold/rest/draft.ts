import { at } from '../../sources/paths.ts';
import { type Code, quoted } from '../code.ts';
import type { Draft, DraftType } from '../draft.ts';
import { capital, withArticle, wordsOf } from '../names.ts';
import { type Drafted, envCode, prefixOf, type SystemOptions } from '../system.ts';
import { TypeNamer } from '../type-names.ts';
import { list, type Operation, object, operationsOf, propertiesOf, resolved } from './document.ts';
import { fieldsOf } from './fields.ts';
import { listCode, lookUpCode } from './ways.ts';

/** Drafts a subgraph over an OpenAPI 3 document: a type for each component that can be looked up by a key. */
export function draftOfOpenApi({ name, from, taken }: SystemOptions, document: unknown): Drafted {
  const namer = new TypeNamer(name, taken);
  const operations = operationsOf(document);
  const remarks: string[] = [];
  const types: DraftType[] = [];
  const enums: Draft['enums'][number][] = [];
  for (const schema of new Set(operations.flatMap(({ answer }) => (answer ? [answer.schema] : [])))) {
    const own = operations.filter(({ answer }) => answer?.schema === schema);
    const component = resolved(document, { $ref: `#/components/schemas/${schema}` });
    const { properties } = propertiesOf(document, component);
    const byId = own.find(({ method, segment }) => method === 'get' && segment !== undefined);
    const batch = own.find(({ method, keys, answer }) => method === 'post' && keys !== undefined && answer?.many);
    const key = keyOf(Object.keys(properties), schema, byId?.segment);
    const lookUp = byId ?? batch;
    if (!lookUp || key === undefined) continue;
    const names = namer.type(schema);
    const read = fieldsOf(document, component, key, names.type, namer);
    const lists = own.find(({ method, segment, answer }) => method === 'get' && segment === undefined && answer?.many);
    const listed = lists && listCode(document, lists, key);
    enums.push(...read.enums);
    if (read.left.length > 0)
      remarks.push(`${names.type}: no field for ${read.left.join(', ')}: lists, or several things at once.`);
    remarks.push(`to be checked: ${names.type}: "${key}" is taken for what it is looked up by at ${lookUp.path}.`);
    if (lists && listed)
      remarks.push(`to be checked: ${names.type}: how ${lists.path} is cut into pages: ${listed.guess}.`);
    if (lists && !listed)
      remarks.push(`${names.type}: ${lists.path} has no cursor or offset by common names, so that it is not listed.`);
    types.push({
      name: names.type,
      one: names.one,
      several: names.several,
      description: descriptionOf(component.description) ?? `${capital(withArticle(names.one))}.`,
      lookUp: names.lookUp,
      list: listed ? names.list : undefined,
      counts: false,
      mapping: [
        ['schema', quoted(schema)],
        ['byKey', { object: [[key, lookUpCode(lookUp)]], open: true }],
        ...(listed ? [['list', listed.code] as const] : []),
      ],
      key: quoted(key),
      fields: read.fields,
      filters: [],
      sorts: [],
    });
  }
  const prefix = prefixOf(name);
  const auth = authOf(document, prefix);
  const ping = pingOf(operations);
  const { base, path } = placesOf(document, from);
  if (!auth)
    remarks.push(
      'to be checked: no bearer token or key in a header is described; add auth where the system asks for one.',
    );
  remarks.push(`to be checked: "${ping}" is taken for a path that answers when the system is well.`);
  if (!path)
    remarks.push(
      'the mapping is not checked against the description when it starts: that is not JSON below the base URL.',
    );
  const options: (readonly [string, Code])[] = [
    ['system', quoted(name)],
    ['url', envCode(`${prefix}_URL`, `the base URL of the system, such as ${base ?? 'https://api.example/v1'}`)],
    ...(auth ? [['auth', auth.code] as const] : []),
    ...(path ? [['openapi', quoted(path)] as const] : []),
    ['ping', quoted(ping)],
  ];
  return {
    draft: {
      source: { module: 'rest', helpers: auth ? [auth.helper] : [], options, what: 'JSON over HTTP' },
      types,
      enums,
      remarks,
    },
    settings: [
      { variable: `${prefix}_URL`, value: base },
      ...(auth ? [{ variable: auth.variable, value: undefined }] : []),
    ],
  };
}

/** The property that a record is told by: the path's parameter, `id`, or the component's own name with an ending for one. */
function keyOf(properties: readonly string[], schema: string, segment: string | undefined): string | undefined {
  const own = wordsOf(schema).at(-1) ?? '';
  const plain = (name: string) => wordsOf(name).join('');
  return (
    properties.find((name) => name === segment && plain(name) !== own) ??
    properties.find((name) => plain(name) === 'id') ??
    properties.find((name) => segment !== undefined && plain(name) === plain(segment)) ??
    properties.find((name) => ['id', 'no', 'number', 'code', 'key'].some((end) => plain(name) === own + end)) ??
    properties.find((name) => /(_id|_no|Id|No|_code)$/.test(name))
  );
}

function descriptionOf(text: unknown): string | undefined {
  return typeof text === 'string' && text !== '' && text.length <= 200 && !/[<>]/.test(text) ? text : undefined;
}

/** How the system is told who asks: the first scheme that the kit speaks. */
function authOf(document: unknown, prefix: string): { helper: string; variable: string; code: Code } | undefined {
  const schemes = Object.values(object(at(document, 'components.securitySchemes'))).map((each) =>
    resolved(document, each),
  );
  const token = schemes.find(
    ({ type, scheme }) => type === 'oauth2' || (type === 'http' && String(scheme).toLowerCase() === 'bearer'),
  );
  if (token) {
    const variable = `${prefix}_TOKEN`;
    return { helper: 'bearer', variable, code: { call: 'bearer', of: [envCode(variable, 'a bearer token')] } };
  }
  const key = schemes.find((each) => each.type === 'apiKey' && each.in === 'header');
  if (!key) return undefined;
  const variable = `${prefix}_KEY`;
  return {
    helper: 'apiKey',
    variable,
    code: { call: 'apiKey', of: [quoted(String(key.name)), envCode(variable, 'a key')] },
  };
}

function pingOf(operations: readonly Operation[]): string {
  const paths = operations
    .filter(({ method, path }) => method === 'get' && !path.includes('{'))
    .map(({ path }) => path);
  const shortest = paths.toSorted((a, b) => a.length - b.length)[0] ?? '/';
  return paths.find((path) => /\/(ping|health|healthz|status)$/.test(path)) ?? shortest;
}

/** The base URL, and the description's path below it: undefined where it is no JSON there. */
function placesOf(document: unknown, from: string): { base: string | undefined; path: string | undefined } {
  const own = /^https?:/.test(from) ? URL.parse(from) : null;
  const server = String(object(list(at(document, 'servers'))[0]).url ?? '/');
  const url = URL.parse(server, own?.origin ?? undefined);
  if (!url || server.includes('{')) return { base: undefined, path: undefined };
  const base = url.href.replace(/\/+$/, '');
  const place = own ? own.origin + own.pathname : '';
  return { base, path: place.startsWith(`${base}/`) && place.endsWith('.json') ? place.slice(base.length) : undefined };
}
