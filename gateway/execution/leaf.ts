import type { ValueShape } from '../operations/program.ts';
import type { Write } from './completion.ts';
import { quote } from './json.ts';

/** Built-in scalars, by section 3.5 of the specification. */
export function leaf(type: (ValueShape & { readonly kind: 'leaf' })['type'], name: string): Write {
  switch (type) {
    case 'String':
      return (value, completion) => (typeof value === 'string' ? quote(value) : completion.invalid(name, type));
    case 'ID':
      return (value, completion) => {
        if (typeof value === 'string') return quote(value);
        return Number.isInteger(value) ? `"${value}"` : completion.invalid(name, type);
      };
    case 'Int':
      return (value, completion) =>
        Number.isInteger(value) && (value as number) === ((value as number) | 0)
          ? `${value}`
          : completion.invalid(name, type);
    case 'Float':
      return (value, completion) => (Number.isFinite(value) ? `${value}` : completion.invalid(name, type));
    case 'Boolean':
      return (value, completion) => (typeof value === 'boolean' ? `${value}` : completion.invalid(name, type));
  }
}
