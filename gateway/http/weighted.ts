import { MIMEType } from 'node:util';

/** One of the things that a client would take. */
export interface Weighted {
  /** In lower case: `application/json`, `gzip`. */
  readonly name: string;
  /** From 0, not at all, to 1. */
  readonly weight: number;
  readonly charset?: string;
}

/** Reads a header such as Accept or Accept-Encoding: RFC 9110, section 12.4.2. What can't be read is left out. */
export function weighted(header: string): Weighted[] {
  return split(header).flatMap((text) => {
    // A coding, such as gzip, is read as if it were a media type.
    const coding = !text.includes('/');
    const type = mediaType(coding ? `coding/${text}` : text);
    if (!type) return [];
    const weight = Number(type.params.get('q') ?? 1);
    const charset = type.params.get('charset');
    if (!(weight >= 0 && weight <= 1)) return [];
    return [{ name: coding ? type.subtype : type.essence, weight, ...(charset !== null && { charset }) }];
  });
}

/** A media type as RFC 9110 writes it, also with a quoted parameter. Undefined where it is none. */
export function mediaType(text: string): MIMEType | undefined {
  try {
    return new MIMEType(text);
  } catch {
    return undefined;
  }
}

/** Whether a charset is the only one that GraphQL over HTTP has; without a name it is. */
export function isUtf8(charset: string | null | undefined): boolean {
  return charset == null || /^utf-?8$/i.test(charset);
}

/** The parts between commas, but for commas in quoted strings. */
function split(header: string): string[] {
  return (
    header
      .match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g)
      ?.map((part) => part.trim())
      .filter((part) => part !== '') ?? []
  );
}
