/** TypeScript to be written: an expression as it is, or one that is laid out where it is known how much room there is. */
export type Code =
  | string
  | { readonly call: string; readonly of: readonly Code[] }
  | { readonly list: readonly Code[] }
  /** `open`: one line for each entry even where all would fit into one. */
  | { readonly object: readonly (readonly [string, Code])[]; readonly open?: true };

/** As in `biome.json`. */
const lineWidth = 120;

/** A string literal. */
export function quoted(text: string): string {
  const quote = text.split("'").length > text.split('"').length ? '"' : "'";
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}

/** The expression's text, laid out as Biome does it: on one line where that fits, else with its last part opened. */
export function laidOut(code: Code, indent: number, before: number): string {
  const flat = inOneLine(code);
  // A comma follows.
  if (flat !== undefined && before + flat.length < lineWidth) return flat;
  if (typeof code === 'string') return code;
  const inner = indent + 2;
  if ('object' in code) {
    const lines = code.object.map(
      ([name, value]) => `${propertyName(name)}: ${laidOut(value, inner, inner + propertyName(name).length + 2)}`,
    );
    return opened('{', lines, '}', indent);
  }
  if ('list' in code) {
    return opened(
      '[',
      code.list.map((each) => laidOut(each, inner, inner)),
      ']',
      indent,
    );
  }
  const first = code.of.slice(0, -1).map(inOneLine);
  const last = code.of.at(-1);
  const begin = `${code.call}(${first.map((each) => `${each}, `).join('')}`;
  if (
    last !== undefined &&
    typeof last !== 'string' &&
    !('call' in last) &&
    !first.includes(undefined) &&
    before + begin.length + 1 < lineWidth
  ) {
    return `${begin}${openedLast(last, indent)})`;
  }
  return opened(
    `${code.call}(`,
    code.of.map((each) => laidOut(each, inner, inner)),
    ')',
    indent,
  );
}

/** A property's name, quoted only where it must be; `__proto__` would be no property but the object's prototype. */
export function propertyName(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return /^([A-Za-z_$][\w$]*|0|[1-9]\d{0,14})$/.test(name) ? name : quoted(name);
}

function openedLast(code: Exclude<Code, string | { call: string }>, indent: number): string {
  return 'object' in code ? laidOut({ ...code, open: true }, indent, indent) : laidOut(code, indent, lineWidth);
}

function opened(begin: string, lines: readonly string[], end: string, indent: number): string {
  const inner = ' '.repeat(indent + 2);
  return `${begin}\n${lines.map((line) => `${inner}${line},\n`).join('')}${' '.repeat(indent)}${end}`;
}

function inOneLine(code: Code): string | undefined {
  if (typeof code === 'string') return code;
  if ('call' in code) {
    const parts = code.of.map(inOneLine);
    return parts.includes(undefined) ? undefined : `${code.call}(${parts.join(', ')})`;
  }
  if ('list' in code) {
    const parts = code.list.map(inOneLine);
    return parts.includes(undefined) ? undefined : `[${parts.join(', ')}]`;
  }
  if (code.object.length === 0) return '{}';
  const parts = code.object.map(([name, value]) => [propertyName(name), inOneLine(value)] as const);
  if (code.open || parts.some(([, value]) => value === undefined)) return undefined;
  return `{ ${parts.map(([name, value]) => `${name}: ${value}`).join(', ')} }`;
}
