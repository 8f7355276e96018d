import type { EntityTarget, RepresentationField, RepresentationFields } from '../operations/program.ts';
import { jsonCopy, jsonText } from './json.ts';
import { isTree, type Tree, valueAt } from './tree.ts';

/**
 * Makes the representation of an object: what a subgraph needs to know of an entity (Apollo Federation subgraph specification,
 * "_Any"). As text it goes into a request's body and tells equal entities; as a value it reaches subgraphs without serialising.
 */
export interface Representer {
  /** The one field that varies, where there is only one and it holds no objects: its value tells equal entities sooner than a text. */
  readonly only: string | undefined;
  /** Undefined where the object lacks something that the subgraph needs. */
  text(object: Tree): string | undefined;
  value(object: Tree): Tree | undefined;
}

/** The representers of a fetch, by the object's `__typename`. */
export function compileRepresentations(target: EntityTarget): ReadonlyMap<string, Representer> {
  return new Map(Object.entries(target.representations).map(([type, fields]) => [type, compile(fields, type)]));
}

interface Part {
  /** The text before the value: constants, and the key. */
  readonly prefix: string;
  readonly as: string;
  readonly from: string;
  readonly text: (value: unknown) => string;
  readonly value: (value: unknown) => unknown;
}

function compile(fields: readonly RepresentationField[], type?: string): Representer {
  const parts: Part[] = [];
  const constants: Tree = {};
  let pending = '';
  let opened = false;
  for (const field of fields) {
    const prefix = `${opened ? ',' : '{'}${JSON.stringify(field.as)}:`;
    opened = true;
    const constant = 'value' in field ? field.value : field.from === '__typename' ? type : undefined;
    if (constant !== undefined || 'value' in field) {
      constants[field.as] = constant;
      pending += prefix + jsonText(constant);
      continue;
    }
    const nested = field.fields && compileNested(field.fields);
    const { as, from } = field;
    parts.push({
      prefix: pending + prefix,
      as,
      from,
      text: nested ? (value) => textOf(value, nested) : jsonText,
      value: nested ? (value) => objectOf(value, nested) : jsonCopy,
    });
    pending = '';
  }
  const end = opened ? `${pending}}` : '{}';
  const [first] = parts;
  return {
    only: parts.length === 1 && first?.text === jsonText ? first.from : undefined,
    text(object) {
      let text = '';
      for (const { prefix, from, text: write } of parts) {
        const value = valueAt(object, from);
        if (value === undefined) return undefined;
        text += prefix + write(value);
      }
      return text + end;
    },
    value(object) {
      const made: Tree = { ...constants };
      for (const { as, from, value: make } of parts) {
        const value = valueAt(object, from);
        if (value === undefined) return undefined;
        made[as] = make(value);
      }
      return made;
    },
  };
}

type Nested = (object: Tree) => Representer;

function compileNested(fields: RepresentationFields): Nested {
  if (fields.kind === 'any') {
    const representer = compile(fields.fields);
    return () => representer;
  }
  const types = new Map(Object.entries(fields.types).map(([type, each]) => [type, compile(each, type)]));
  const other = compile([]);
  return ({ __typename }) => types.get(String(__typename)) ?? other;
}

function textOf(value: unknown, nested: Nested): string {
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item, nested)).join()}]`;
  return (isTree(value) ? nested(value).text(value) : undefined) ?? 'null';
}

function objectOf(value: unknown, nested: Nested): unknown {
  if (Array.isArray(value)) return value.map((item) => objectOf(item, nested));
  return (isTree(value) ? nested(value).value(value) : undefined) ?? null;
}
