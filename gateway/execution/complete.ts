import type { Program, SelectedField, Selection, ValueShape } from '../operations/program.ts';
import { type CompletedData, Completion, type CompletionInput, type Write } from './completion.ts';
import { holds } from './conditions.ts';
import { jsonText } from './json.ts';
import { leaf } from './leaf.ts';
import { isTree, valueAt } from './tree.ts';

/**
 * Compiles what an operation asks for into a function that writes it as JSON in one pass, straight from the tree: what was asked for
 * and nothing else, each value checked against its type, nulls carried up to where they may stand (GraphQL specification,
 * sections 6.4.3 "Value Completion" and 6.4.4 "Handling Field Errors").
 */
export function compileCompletion(program: Program): (input: CompletionInput) => CompletedData {
  const write = new Compiler(program).selection(0);
  return (input) => {
    const completion = new Completion(input);
    const text = write(input.tree, completion) ?? 'null';
    return { text, errors: completion.errors };
  };
}

class Compiler {
  readonly #program: Program;
  readonly #selections: (Write | undefined)[] = [];
  readonly #enums: ReadonlyMap<string, ReadonlySet<unknown>>;

  constructor(program: Program) {
    this.#program = program;
    this.#enums = new Map(Object.entries(program.enums).map(([name, values]) => [name, new Set(values)]));
  }

  selection(index: number): Write {
    let write = this.#selections[index];
    if (!write) {
      const selection = this.#program.selections[index] as Selection;
      write = selection.fields.some(({ when }) => when) ? this.#conditional(selection) : this.#fixed(selection);
      this.#selections[index] = write;
    }
    return write;
  }

  /** All fields are always asked for, so that keys, commas and type names are constants. */
  #fixed(selection: Selection): Write {
    const parts: { readonly prefix: string; readonly from: string; readonly key: string; readonly write: Write }[] = [];
    let pending = '{';
    for (const field of selection.fields) {
      const constant = constantOf(field.value);
      const prefix = `${pending}${JSON.stringify(field.key)}:`;
      if (constant !== undefined) pending = `${prefix}${constant},`;
      else {
        parts.push({ prefix, from: field.from ?? field.key, key: field.key, write: this.#field(selection, field) });
        pending = ',';
      }
    }
    const end = parts.length > 0 && pending === ',' ? '}' : `${pending.replace(/,$/, '')}}`;
    return (object, completion) => {
      if (!isTree(object)) return undefined;
      const { path } = completion;
      let text = '';
      for (const { prefix, from, key, write } of parts) {
        completion.owner = object;
        path.push(key);
        const written = write(valueAt(object, from), completion);
        path.pop();
        if (written === undefined) return undefined;
        text += prefix + written;
      }
      return text + end;
    };
  }

  #conditional(selection: Selection): Write {
    const fields = selection.fields.map((field) => ({
      when: field.when,
      from: field.from ?? field.key,
      key: field.key,
      prefix: `${JSON.stringify(field.key)}:`,
      write: this.#field(selection, field),
    }));
    return (object, completion) => {
      if (!isTree(object)) return undefined;
      const { path, variables } = completion;
      let text = '{';
      for (const { when, from, key, prefix, write } of fields) {
        if (!holds(when, variables)) continue;
        completion.owner = object;
        path.push(key);
        const written = write(valueAt(object, from), completion);
        path.pop();
        if (written === undefined) return undefined;
        text += text.length === 1 ? prefix + written : `,${prefix}${written}`;
      }
      return `${text}}`;
    };
  }

  #field({ type }: Selection, field: SelectedField): Write {
    return this.#value(field.value, `${type}.${field.name ?? field.key}`);
  }

  /** @param name the field, such as `Customer.name`, for messages */
  #value(shape: ValueShape, name: string): Write {
    const write = this.#nonNull(shape, name);
    if (shape.kind === 'introspection' || shape.kind === 'typename') return write;
    if (!shape.required) return (value, completion) => (value == null ? 'null' : (write(value, completion) ?? 'null'));
    return (value, completion) => (value == null ? completion.missing(name) : write(value, completion));
  }

  #nonNull(shape: ValueShape, name: string): Write {
    switch (shape.kind) {
      case 'list':
        return this.#list(this.#value(shape.of, name), name);
      case 'object': {
        const write = this.selection(shape.selection);
        return (value, completion) =>
          isTree(value) ? write(value, completion) : completion.invalid(name, 'an object');
      }
      case 'abstract':
        return this.#abstract(shape, name);
      case 'leaf':
        return leaf(shape.type, name);
      case 'enum': {
        const values = this.#enums.get(shape.type) ?? new Set();
        return (value, completion) => (values.has(value) ? `"${value}"` : completion.invalid(name, shape.type));
      }
      case 'scalar':
        return jsonText;
      case 'typename':
        return (_value, completion) => (shape.name === null ? completion.missing(name) : `"${shape.name}"`);
      case 'introspection':
        if ('text' in shape) return () => shape.text;
        return (_value, { path, introspected }) => introspected.get(String(path[0])) ?? 'null';
    }
  }

  #list(write: Write, name: string): Write {
    return (list, completion) => {
      if (!Array.isArray(list)) return completion.invalid(name, 'a list');
      const { path, owner } = completion;
      const at = path.length;
      let text = '[';
      for (let i = 0; i < list.length; i++) {
        completion.owner = owner;
        path[at] = i;
        const written = write(list[i], completion);
        if (written === undefined) {
          path.length = at;
          return undefined;
        }
        text += i === 0 ? written : `,${written}`;
      }
      path.length = at;
      return `${text}]`;
    };
  }

  #abstract({ type, selections }: ValueShape & { readonly kind: 'abstract' }, name: string): Write {
    const writers = new Map<unknown, Write>();
    for (const [concrete, index] of Object.entries(selections)) writers.set(concrete, this.selection(index));
    return (value, completion) => {
      if (!isTree(value)) return completion.invalid(name, 'an object');
      // An interface object's subgraph knows it as an object type, whose name nobody has to ask for.
      const write = writers.get(value.__typename ?? type);
      return write ? write(value, completion) : completion.invalid(name, `one of ${type}`);
    };
  }
}

/** What is written whatever the object is. */
function constantOf(shape: ValueShape): string | undefined {
  if (shape.kind === 'introspection' && 'text' in shape) return shape.text;
  return shape.kind === 'typename' && shape.name !== null ? `"${shape.name}"` : undefined;
}
