import { createClientAsync, type IHttpClient } from 'soap';
import { StartupError } from '../../errors.ts';
import { unlessAborted } from '../../limits.ts';
import type { Call } from '../../source.ts';
import { columnTypeOf, type Element, type Operation, Wsdl } from '../../sources/soap/wsdl.ts';
import { type Code, quoted } from '../code.ts';
import type { DraftField, DraftType } from '../draft.ts';
import { capital, fieldName, plural, sentence, singular, unique, withArticle, wordsOf } from '../names.ts';
import { readDescription, withoutCredentials } from '../read.ts';
import { type Drafted, envCode, prefixOf, type SystemOptions } from '../system.ts';
import { TypeNamer, type TypeNames } from '../type-names.ts';
import { listOf, type Rows, rowsOf, simpleName } from './operations.ts';

/** What is known of one kind of record. */
interface Records {
  readonly element: string;
  readonly names: TypeNames;
  readonly columns: Rows['columns'];
  readonly key: string;
  /** The operations that read by several keys, by the column that the keys are of. */
  readonly lookUps: ReadonlyMap<string, { readonly operation: string; readonly keys: string }>;
  readonly list: ReturnType<typeof listOf>;
}

/** Drafts a subgraph over a WSDL: a type for each repeated element that an operation reads by a repeated key. Errors: StartupError. */
export async function draftOfWsdl(
  { name, from, taken }: SystemOptions,
  text: string,
  { signal }: Call,
): Promise<Drafted> {
  const operations = await operationsOf(from, signal);
  const namer = new TypeNamer(name, taken);
  const records = recordsOf(operations, namer);
  const prefix = prefixOf(name);
  const takesToken = /UsernameToken|user ?name token|wss-wssecurity/i.test(text);
  const ping = [...operations].find(([, { input }]) => Object.keys(elements(input)).length === 0)?.[0];
  const used = new Set([
    ...records.flatMap(({ lookUps, list }) => [
      ...[...lookUps.values()].map((each) => each.operation),
      list?.operation,
    ]),
    ping,
  ]);
  const unused = [...operations.keys()].filter((operation) => !used.has(operation));
  const options: (readonly [string, Code])[] = [
    ['system', quoted(name)],
    ['url', envCode(`${prefix}_URL`, 'the URL of the WSDL')],
  ];
  const credentials = [
    [`${prefix}_USER`, 'a user name'],
    [`${prefix}_PASSWORD`, "the user's password"],
  ] as const;
  if (takesToken) {
    options.push([
      'auth',
      { call: 'usernameToken', of: credentials.map(([variable, expected]) => envCode(variable, expected)) },
    ]);
  }
  options.push(['ping', quoted(ping ?? '')]);
  const isUrl = /^https?:/i.test(from);
  return {
    draft: {
      source: {
        module: 'soap',
        helpers: takesToken ? ['usernameToken'] : [],
        options,
        what: 'SOAP, described by a WSDL',
      },
      types: records.map((each) => typeOf(each, records)),
      enums: [],
      remarks: [
        ...records.map(
          ({ names, key, element }) =>
            `to be checked: ${names.type}: "${key}" is taken for what tells every two ${element} apart.`,
        ),
        ...(unused.length > 0 ? [`not used: the operations ${unused.join(', ')}.`] : []),
        ...(takesToken
          ? []
          : ['to be checked: the WSDL speaks of no user name token; add auth where the system asks for one.']),
        ...(ping === undefined
          ? ['ping: no operation takes nothing; name one that answers when the system is well.']
          : []),
      ],
    },
    settings: [
      { variable: `${prefix}_URL`, value: isUrl ? withoutCredentials(new URL(from)).href : undefined },
      ...(takesToken ? credentials.map(([variable]) => ({ variable, value: undefined })) : []),
    ],
  };
}

async function operationsOf(from: string, signal: AbortSignal): Promise<ReadonlyMap<string, Operation>> {
  // The library's own way to the web has no bounds.
  const request = (
    url: string,
    _body: null,
    done: (error: unknown, response?: object, text?: string) => void,
  ): void => {
    readDescription(within(url, from), signal).then((text) => done(null, { status: 200 }, text), done);
  };
  try {
    const options = { disableCache: true, httpClient: { request } as unknown as IHttpClient };
    return new Wsdl(await unlessAborted(createClientAsync(from, options), signal)).operations;
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    throw new StartupError(["--from: the WSDL can't be read."], { cause });
  }
}

/** What a WSDL imports from the same place is asked for as the same user. */
function within(url: string, from: string): string {
  const [target, first] = [URL.parse(url), URL.parse(from)];
  if (!target || !first || target.origin !== first.origin) return url;
  target.username = first.username;
  target.password = first.password;
  return target.href;
}

function recordsOf(operations: ReadonlyMap<string, Operation>, namer: TypeNamer): Records[] {
  const answers = [...operations].flatMap(([operation, { input, output }]) => {
    const rows = rowsOf(output);
    return rows ? [{ operation, input: elements(input), output: elements(output), rows }] : [];
  });
  return [...new Set(answers.map(({ rows }) => rows.element))].flatMap((element): Records[] => {
    const own = answers.filter(({ rows }) => rows.element === element);
    const columns = own[0]?.rows.columns ?? {};
    const lookUps = new Map<string, { operation: string; keys: string }>();
    for (const { operation, input } of own) {
      const [parameter, ...others] = Object.keys(input);
      const keys = parameter?.endsWith('[]') && others.length === 0 ? simpleName(parameter) : undefined;
      if (keys !== undefined && Object.hasOwn(columns, keys) && !lookUps.has(keys))
        lookUps.set(keys, { operation, keys });
    }
    // What is read by something is called after it: ReadInvoicesByOrder.
    const [key] =
      [...lookUps].toSorted(
        ([, a], [, b]) => Number(/By[A-Z]/.test(a.operation)) - Number(/By[A-Z]/.test(b.operation)),
      )[0] ?? [];
    if (key === undefined) return [];
    const lists = own.flatMap(({ operation, input, output }) => listOf(operation, element, key, input, output) ?? []);
    return [{ element, names: namer.type(element), columns, key, lookUps, list: lists[0] }];
  });
}

function typeOf({ element, names, columns, key, lookUps, list }: Records, all: readonly Records[]): DraftType {
  const taken = new Set(['id']);
  const fields = Object.entries(columns).flatMap(([column, type]): DraftField[] => {
    const scalar = scalars[columnTypeOf(type)];
    const target = all.find((other) => other.element !== element && other.key === column);
    if (target) {
      const words = wordsOf(target.names.one);
      const code: Code = { call: 'one', of: [quoted(target.names.type), quoted(column)] };
      return [{ name: unique(fieldName(words), taken), type: target.names.type, description: sentence(words), code }];
    }
    if (column === key || scalar === undefined || column.endsWith('[]')) return [];
    const words = wordsOf(column);
    const long = scalar === 'Int' && /\b(long|integer|unsignedInt|unsignedLong)\b/.test(String(type));
    return [
      {
        name: unique(fieldName(words), taken),
        type: long ? 'Decimal' : scalar,
        description: sentence(words),
        code: quoted(column),
      },
    ];
  });
  for (const other of all) {
    if (other.element === element || !other.lookUps.has(key)) continue;
    const words = plural(singular(wordsOf(other.names.one)));
    fields.push({
      name: unique(fieldName(words), taken),
      type: `[${other.names.type}!]!`,
      description: `${capital(other.names.several)} of this ${names.one}.`,
      code: { call: 'many', of: [quoted(other.names.type), quoted(key)] },
    });
  }
  const byKey = [...lookUps].map(
    ([column, { operation, keys }]) =>
      [
        column,
        {
          object: [
            ['operation', quoted(operation)],
            ['keys', quoted(keys)],
            ['rows', quoted(element)],
          ],
        },
      ] as const,
  );
  return {
    name: names.type,
    one: names.one,
    several: names.several,
    description: `${capital(withArticle(names.one))}.`,
    lookUp: names.lookUp,
    list: list ? names.list : undefined,
    counts: list?.counts ?? false,
    mapping: [['byKey', { object: byKey, open: true }], ...(list ? [['list', list.code] as const] : [])],
    key: quoted(key),
    fields,
    filters: [],
    sorts: [],
  };
}

const scalars: Readonly<Record<string, string>> = {
  text: 'String',
  integer: 'Int',
  decimal: 'Decimal',
  float: 'Float',
  boolean: 'Boolean',
  date: 'LocalDate',
  datetime: 'DateTime',
};

function elements(element: Element): Readonly<Record<string, Element>> {
  return typeof element === 'string' ? {} : element;
}
