import type { Program, SelectedField, Selection, ValueShape } from '../operations/program.ts';
import { type CompletedData, Completion, type CompletionInput, type Write } from './completion.ts';
import { holds } from './conditions.ts';
import { jsonText } from './json.ts';
import { type LeafText, leafTexts } from './leaf.ts';
import { isTree, type Tree, valueAt } from './tree.ts';
import { type Utf8, utf8 } from './utf8.ts';
import { Verbatim } from './verbatim.ts';

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
    // All that it consists of is.
    return { text: text as Utf8, errors: completion.errors };
  };
}

/** Writes an object; undefined where a null travels up to it. */
type WriteObject = (object: Tree, completion: Completion) => string | undefined;

/** A field of an object. */
interface Part {
  /** What stands before the key. */
  readonly before: string;
  /** What stands before the value. */
  readonly prefix: string;
  readonly key: string;
  readonly from: string;
  /** Most fields are leaves, and most are as they should be: these need no path. */
  readonly plain: LeafText | undefined;
  readonly write: Write;
}

function writePart(
  { plain, key, write }: Part,
  value: unknown,
  object: Tree,
  completion: Completion,
): string | undefined {
  const written = plain?.(value);
  if (written !== undefined) return written;
  const { path } = completion;
  completion.owner = object;
  path.push(key);
  const text = write(value, completion);
  path.pop();
  return text;
}

class Compiler {
  readonly #program: Program;
  readonly #selections: (WriteObject | undefined)[] = [];
  readonly #enums: ReadonlyMap<string, ReadonlySet<unknown>>;

  constructor(program: Program) {
    this.#program = program;
    this.#enums = new Map(Object.entries(program.enums).map(([name, values]) => [name, new Set(values)]));
  }

  selection(index: number): WriteObject {
    let write = this.#selections[index];
    if (!write) {
      const selection = this.#program.selections[index] as Selection;
      write = selection.fields.some(({ when }) => when) ? this.#conditional(selection) : this.#fixed(selection);
      this.#selections[index] = write;
    }
    return write;
  }

  /** All fields are always asked for, so that keys, commas and type names are constants. */
  #fixed(selection: Selection): WriteObject {
    const parts: Part[] = [];
    let pending = '{';
    for (const field of selection.fields) {
      const constant = constantOf(field.value);
      if (constant !== undefined) pending += `${JSON.stringify(field.key)}:${constant},`;
      else {
        parts.push(this.#part(selection, field, pending));
        pending = ',';
      }
    }
    const end = parts.length > 0 && pending === ',' ? '}' : `${pending.replace(/,$/, '')}}`;
    return (object, completion) => {
      let text = '';
      for (let i = 0; i < parts.length; i++) {
        const part = parts[i] as Part;
        const value = valueAt(object, part.from);
        if (value instanceof Verbatim) {
          text += part.before + value.text;
          i += value.count - 1;
          continue;
        }
        const written = writePart(part, value, object, completion);
        if (written === undefined) return undefined;
        text += part.prefix + written;
      }
      return text + end;
    };
  }

  #conditional(selection: Selection): WriteObject {
    const parts = selection.fields.map((field) => ({
      when: field.when,
      ...this.#part(selection, field, ''),
    }));
    return (object, completion) => {
      let text = '{';
      for (const part of parts) {
        if (!holds(part.when, completion.variables)) continue;
        const written = writePart(part, valueAt(object, part.from), object, completion);
        if (written === undefined) return undefined;
        text += text.length === 1 ? part.prefix + written : `,${part.prefix}${written}`;
      }
      return `${text}}`;
    };
  }

  #part(selection: Selection, field: SelectedField, before: string): Part {
    const { key, from = key, value } = field;
    const prefix = `${before}${JSON.stringify(key)}:`;
    const plain = value.kind === 'leaf' ? leafTexts[value.type] : undefined;
    return { before, prefix, key, from, plain, write: this.#field(selection, field) };
  }

  #field({ type }: Selection, field: SelectedField): Write {
    return this.#value(field.value, `${type}.${field.name ?? field.key}`);
  }

  /** @param name the field, such as `Customer.name`, for messages */
  #value(shape: ValueShape, name: string): Write {
    if (shape.kind === 'refused') return compileRefused(shape);
    const write = this.#nonNull(shape, name);
    if (shape.kind === 'introspection' || shape.kind === 'typename') return write;
    if (!shape.required) return (value, completion) => (value == null ? 'null' : (write(value, completion) ?? 'null'));
    return (value, completion) => (value == null ? completion.missing(name) : write(value, completion));
  }

  #nonNull(shape: Exclude<ValueShape, { kind: 'refused' }>, name: string): Write {
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
        return this.#leaf(shape.type, name);
      case 'enum': {
        const values = this.#enums.get(shape.type) ?? new Set();
        return (value, completion) => (values.has(value) ? `"${value}"` : completion.invalid(name, shape.type));
      }
      case 'scalar':
        return (value, completion) => {
          try {
            return utf8(jsonText(value));
          } catch {
            return completion.invalid(name, 'fewer levels');
          }
        };
      case 'typename':
        return (_value, completion) => (shape.name === null ? completion.missing(name) : `"${shape.name}"`);
      case 'introspection':
        if ('text' in shape) {
          const text = utf8(shape.text);
          return () => text;
        }
        return (_value, { path, introspected }) => utf8(introspected.get(String(path[0])) ?? 'null');
    }
  }

  #leaf(type: keyof typeof leafTexts, name: string): Write {
    const textOf = leafTexts[type];
    return (value, completion) => textOf(value) ?? completion.invalid(name, type);
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

  #abstract({ type, selections, refused = {} }: ValueShape & { readonly kind: 'abstract' }, name: string): Write {
    const writers = new Map<unknown, WriteObject>();
    for (const [concrete, index] of Object.entries(selections)) {
      const message = Object.hasOwn(refused, concrete) ? refused[concrete] : undefined;
      const refuse =
        message === undefined
          ? undefined
          : compileRefused({ kind: 'refused', required: true, refusals: [{ path: [], message }] });
      writers.set(concrete, refuse ?? this.selection(index));
    }
    return (value, completion) => {
      if (!isTree(value)) return completion.invalid(name, 'an object');
      // An interface object's subgraph knows it as an object type, whose name nobody has to ask for.
      const write = writers.get(value.__typename ?? type);
      return write ? write(value, completion) : completion.invalid(name, `one of ${type}`);
    };
  }
}

/** Null, and the errors that tell why: those that the client asked for in this run, or all where it asked for nothing there. */
function compileRefused({ required, refusals }: ValueShape & { readonly kind: 'refused' }): Write {
  return (_value, completion) => {
    const asked = refusals.filter(({ when }) => holds(when, completion.variables));
    for (const { path, message } of asked.length > 0 ? asked : refusals) completion.refuse(path, message);
    return required ? undefined : 'null';
  };
}

/** What is written whatever the object is. */
function constantOf(shape: ValueShape): string | undefined {
  if (shape.kind === 'introspection' && 'text' in shape) return utf8(shape.text);
  return shape.kind === 'typename' && shape.name !== null ? `"${shape.name}"` : undefined;
}
