import { at } from '../../sources/paths.ts';

/** An object of a JSON document. */
export type Json = Readonly<Record<string, unknown>>;

/** An operation that reads. */
export interface Operation {
  readonly method: 'get' | 'post';
  readonly path: string;
  /** The names of its query parameters. */
  readonly query: readonly string[];
  /** The last segment's parameter, where the path ends with one and has no other: `/orders/{id}`. */
  readonly segment: string | undefined;
  /** The name of the one list in its JSON body, where that is all that must be there. */
  readonly keys: string | undefined;
  /** The component schema that it answers with, where in the answer, and whether there are many. */
  readonly answer: { readonly schema: string; readonly path: string; readonly many: boolean } | undefined;
  /** The answer's schema. */
  readonly body: Json;
}

/** The operations of an OpenAPI document that answer with component schemas. */
export function operationsOf(document: unknown): Operation[] {
  return Object.entries(object(at(document, 'paths'))).flatMap(([path, item]) =>
    (['get', 'post'] as const).flatMap((method) => {
      const operation = object(object(item)[method]);
      const body = jsonSchema(document, object(operation.responses)['200'] ?? object(operation.responses)[200]);
      if (Object.keys(operation).length === 0) return [];
      const parameters = [...list(object(item).parameters), ...list(operation.parameters)].map((each) =>
        resolved(document, each),
      );
      const segments = path.match(/\{[^}]+\}/g) ?? [];
      const ends = segments.length === 1 && path.endsWith(segments[0] as string);
      return [
        {
          method,
          path,
          query: parameters.filter((each) => each.in === 'query').map(({ name }) => String(name)),
          segment: ends ? (segments[0] as string).slice(1, -1) : undefined,
          keys: keysOf(document, operation.requestBody),
          answer: segments.length === 0 || ends ? answerOf(document, body) : undefined,
          body,
        },
      ];
    }),
  );
}

/** A schema's properties, its own and those of what it is put together from; the required ones by name. */
export function propertiesOf(
  document: unknown,
  schema: unknown,
  depth = 0,
): { properties: Json; required: ReadonlySet<string> } {
  const own = resolved(document, schema);
  const parts = depth > 8 ? [] : list(own.allOf).map((part) => propertiesOf(document, part, depth + 1));
  return {
    properties: Object.assign({}, ...parts.map(({ properties }) => properties), object(own.properties)),
    required: new Set([...parts.flatMap(({ required }) => [...required]), ...list(own.required).map(String)]),
  };
}

/** A schema, or what its reference within the document leads to (RFC 6901). */
export function resolved(document: unknown, value: unknown): Json {
  let found = value;
  for (let hops = 0; hops < 8 && typeof object(found).$ref === 'string'; hops++) {
    const steps = String(object(found).$ref).replace(/^#\//, '').split('/');
    found = steps.reduce<unknown>(
      (each, step) => object(each)[step.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );
  }
  return object(found);
}

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function jsonSchema(document: unknown, holder: unknown): Json {
  const content = object(resolved(document, holder).content);
  const type = Object.keys(content).find((name) => /json/.test(name));
  return type === undefined ? {} : object(object(content[type]).schema);
}

function keysOf(document: unknown, body: unknown): string | undefined {
  const { properties, required } = propertiesOf(document, jsonSchema(document, body));
  const [only, ...others] = required;
  return only !== undefined && others.length === 0 && resolved(document, properties[only]).type === 'array'
    ? only
    : undefined;
}

/** The component in an answer: the answer itself, or a property of it that holds one or many. */
function answerOf(document: unknown, body: Json): Operation['answer'] {
  const own = component(body);
  const wrapped = Object.entries(propertiesOf(document, body).properties);
  const lists = wrapped.flatMap(([path, property]) => {
    const schema = component(object(resolved(document, property).items));
    return schema === undefined ? [] : [{ schema, path, many: true }];
  });
  const [rows] = lists;
  if (lists.length === 1 && rows) return rows;
  return own === undefined ? undefined : { schema: own, path: '', many: false };
}

/** The name of the component that a schema is, or may be. */
function component(schema: Json): string | undefined {
  const [, name] = /^#\/components\/schemas\/(.+)$/.exec(String(schema.$ref)) ?? [];
  if (name !== undefined) return name;
  return list(schema.anyOf ?? schema.oneOf ?? schema.allOf)
    .map((each) => component(object(each)))
    .find((each) => each !== undefined);
}
