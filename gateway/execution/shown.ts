/** How long a value may be in a message. */
const longest = 200;

/** How many items or keys of one value are looked at: clients may send many. */
const most = 10;

/** A client's value as a message shows it: as a literal, and no more of it than anyone reads. */
export function shown(value: unknown): string {
  return shortened(literal(value, 2));
}

/** The beginning of a long text. */
export function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function literal(value: unknown, levels: number): string {
  if (typeof value === 'string') return JSON.stringify(shortened(value));
  if (typeof value !== 'object' || value === null) return String(value);
  const isList = Array.isArray(value);
  const items: string[] = [];
  for (const key in value) {
    if (levels === 0) return isList ? '[Array]' : '[Object]';
    if (items.length === most) {
      items.push('…');
      break;
    }
    const item = literal((value as Record<string, unknown>)[key], levels - 1);
    items.push(isList ? item : `${key}: ${item}`);
  }
  if (isList) return `[${items.join(', ')}]`;
  return items.length === 0 ? '{}' : `{ ${items.join(', ')} }`;
}
