import { doTypesOverlap, type GraphQLCompositeType, type GraphQLSchema, getNamedType, isCompositeType } from 'graphql';
import type { DirectiveDraft, FragmentDraft, OperationDraft, SelectionDraft, ValueDraft } from './draft.ts';
import type { ClientRequest } from './executor.ts';
import { stable } from './hash.ts';

/** Writes a draft as a request. Where two fields would contend for one key of the answer, the later one gets an alias. */
export function writeOperation(schema: GraphQLSchema, draft: OperationDraft): ClientRequest {
  return new Writer(schema, draft).write();
}

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #draft: OperationDraft;
  /** Which field, with which arguments, stands at a path of the answer. */
  readonly #taken = new Map<string, { readonly name: string; readonly args: string; readonly type: string }>();
  readonly #variables = new Map<
    string,
    { readonly name: string; readonly definition: string; readonly value: unknown }
  >();
  readonly #fragments = new Map<
    FragmentDraft,
    { readonly text: string; readonly at: string; readonly keys: readonly string[] }
  >();
  #keys: string[] = [];

  constructor(schema: GraphQLSchema, draft: OperationDraft) {
    this.#schema = schema;
    this.#draft = draft;
  }

  write(): ClientRequest {
    const { kind, selections, fragments } = this.#draft;
    const root = (
      kind === 'query' ? this.#schema.getQueryType() : this.#schema.getMutationType()
    ) as GraphQLCompositeType;
    const body = this.#selections(selections, root, '', fragments);
    const text = [body, ...[...this.#fragments.values()].map((fragment) => fragment.text)].join('\n');
    const used = [...this.#variables.values()].filter(({ name }) => new RegExp(`\\$${name}\\b`).test(text));
    const definitions = used.map(({ definition }) => definition).join(', ');
    const given = used.filter(({ value }) => value !== undefined).map(({ name, value }) => [name, value]);
    return {
      query: `${kind} Generated${definitions && `(${definitions})`} ${text}`,
      variables: Object.fromEntries(given),
    };
  }

  #selections(
    drafts: readonly SelectionDraft[],
    parent: GraphQLCompositeType,
    path: string,
    fragments: readonly FragmentDraft[],
  ): string {
    return `{ ${drafts.map((draft) => this.#selection(draft, parent, path, fragments)).join(' ')} }`;
  }

  #selection(
    draft: SelectionDraft,
    parent: GraphQLCompositeType,
    path: string,
    fragments: readonly FragmentDraft[],
  ): string {
    switch (draft.kind) {
      case 'field':
        return this.#field(draft, parent, path, fragments);
      case 'text':
        return `${this.#key(path, draft.key, { name: draft.text, args: '', type: '' }, '')}: ${draft.text}`;
      case 'inline': {
        const type = draft.type === null ? parent : (this.#schema.getType(draft.type) as GraphQLCompositeType);
        const on = draft.type === null ? '' : ` on ${draft.type}`;
        return `...${on}${this.#directives(draft.directives)} ${this.#selections(draft.selections, type, path, fragments)}`;
      }
      case 'spread': {
        const fit = fragments.filter(({ type }) => this.#overlaps(parent, type));
        const fragment = fit[draft.index % fit.length];
        return fragment ? this.#spread(fragment, draft, path) : '__typename';
      }
    }
  }

  #spread(fragment: FragmentDraft, draft: { readonly directives: readonly DirectiveDraft[] }, path: string): string {
    const { fragments } = this.#draft;
    const type = this.#schema.getType(fragment.type) as GraphQLCompositeType;
    const inner = fragments.slice(0, fragments.indexOf(fragment));
    const directives = this.#directives(draft.directives);
    const name = `Part${fragments.indexOf(fragment)}`;
    const known = this.#fragments.get(fragment);
    if (!known) {
      const outer = this.#keys;
      this.#keys = [];
      const body = this.#selections(fragment.selections, type, path, inner);
      this.#fragments.set(fragment, { text: `fragment ${name} on ${type} ${body}`, at: path, keys: this.#keys });
      this.#keys = [...outer, ...this.#keys];
      return `...${name}${directives}`;
    }
    const moved = known.keys.map((key) => [key, path + key.slice(known.at.length)] as const);
    const fits = moved.every(([from, to]) => !this.#taken.has(to) || same(this.#taken.get(to), this.#taken.get(from)));
    if (!fits) return `... on ${type}${directives} ${this.#selections(fragment.selections, type, path, inner)}`;
    for (const [from, to] of moved) {
      this.#taken.set(to, this.#taken.get(from) as never);
      this.#keys.push(to);
    }
    return `...${name}${directives}`;
  }

  #field(
    draft: SelectionDraft & { kind: 'field' },
    parent: GraphQLCompositeType,
    path: string,
    fragments: readonly FragmentDraft[],
  ): string {
    const { name, alias, selections } = draft;
    const field = 'getFields' in parent ? parent.getFields()[name] : undefined;
    const given = Object.entries(draft.args).flatMap(([arg, value]) =>
      value ? [`${arg}: ${this.#value(value)}`] : [],
    );
    const wanted = { name, args: given.length > 0 ? `(${given.join(', ')})` : '', type: String(field?.type) };
    const taken = this.#taken.get(`${path}/${alias ?? name}`);
    const args = draft.merge && taken && taken.name === name && taken.type === wanted.type ? taken.args : wanted.args;
    const key = this.#key(path, alias ?? name, { ...wanted, args }, name);
    const type = field && getNamedType(field.type);
    const below =
      selections && type && isCompositeType(type)
        ? ` ${this.#selections(selections, type, `${path}/${key}`, fragments)}`
        : '';
    return `${key === name ? '' : `${key}: `}${name}${args}${this.#directives(draft.directives)}${below}`;
  }

  /** The key itself, or with a number where something else has it. */
  #key(path: string, wanted: string, field: { name: string; args: string; type: string }, name: string): string {
    for (let n = 0; ; n += 1) {
      const key = n === 0 ? wanted : `${wanted || name}_${n}`;
      const at = `${path}/${key}`;
      const taken = this.#taken.get(at);
      if (taken && !same(taken, field)) continue;
      this.#taken.set(at, field);
      this.#keys.push(at);
      return key;
    }
  }

  #directives(drafts: readonly DirectiveDraft[]): string {
    return drafts
      .map(({ name, when }) => ` @${name}(if: ${typeof when === 'boolean' ? when : this.#condition(when)})`)
      .join('');
  }

  #condition(index: number): string {
    const { value, byDefault } = this.#draft.conditions[index] ?? { value: true, byDefault: false };
    const definition = `$if${index}: Boolean!${byDefault ? ` = ${value}` : ''}`;
    this.#variables.set(definition, { name: `if${index}`, definition, value: byDefault ? undefined : value });
    return `$if${index}`;
  }

  #value(draft: ValueDraft): string {
    if (draft.kind !== 'variable') return literal(draft, (inner) => this.#value(inner));
    const key = stable(draft);
    const known = this.#variables.get(key);
    if (known) return `$${known.name}`;
    const name = `v${this.#variables.size}`;
    const byDefault = draft.by === 'default' ? ` = ${literal(draft.value, () => 'null')}` : '';
    const value = draft.by === 'client' ? json(draft.value) : undefined;
    this.#variables.set(key, { name, definition: `$${name}: ${draft.type}${byDefault}`, value });
    return `$${name}`;
  }

  #overlaps(parent: GraphQLCompositeType, name: string): boolean {
    const type = this.#schema.getType(name);
    return isCompositeType(type) && doTypesOverlap(this.#schema, parent, type);
  }
}

function same(a: unknown, b: unknown): boolean {
  return stable(a) === stable(b);
}

function literal(draft: ValueDraft, variable: (draft: ValueDraft) => string): string {
  switch (draft.kind) {
    case 'leaf':
      return draft.literal ?? written(draft.json);
    case 'list':
      return `[${draft.items.map((item) => literal(item, variable)).join(', ')}]`;
    case 'object': {
      const fields = Object.entries(draft.fields).filter(([, value]) => value !== null);
      return `{${fields.map(([name, value]) => `${name}: ${literal(value as ValueDraft, variable)}`).join(', ')}}`;
    }
    case 'variable':
      return variable(draft);
  }
}

/** JSON as a GraphQL literal: the keys of objects have no quotes. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, inner]) => `${key}: ${written(inner)}`)}}`;
}

function json(draft: ValueDraft): unknown {
  switch (draft.kind) {
    case 'leaf':
      return draft.json;
    case 'list':
      return draft.items.map(json);
    case 'object':
      return Object.fromEntries(
        Object.entries(draft.fields).flatMap(([name, value]) => (value ? [[name, json(value)]] : [])),
      );
    case 'variable':
      return json(draft.value);
  }
}
