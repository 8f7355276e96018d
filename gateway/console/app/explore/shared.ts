/** What a link to Explore says: never who asks. */
export interface Shared {
  readonly query: string;
  /** As they stand in the editor: JSON, where they are right. */
  readonly variables: string | null;
  readonly operationName: string | null;
}

/** A text that is longer than this, in characters, isn't taken from a link: some bytes may unfold to gigabytes. */
const longest = 200_000;

/** The part of an address that says it: compressed by DEFLATE (RFC 1951), as base64url. */
export async function packed({ query, variables, operationName }: Shared): Promise<string> {
  const text = JSON.stringify([query, variables, operationName]);
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** What a part of an address says; undefined where it says nothing that is right. */
export async function unpacked(part: string): Promise<Shared | undefined> {
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const parts: unknown = JSON.parse(await limited(stream.pipeThrough(new TextDecoderStream())));
    if (!Array.isArray(parts)) return undefined;
    const [query, variables, operationName] = parts as readonly unknown[];
    if (typeof query !== 'string') return undefined;
    return { query, variables: textOrNull(variables), operationName: textOrNull(operationName) };
  } catch {
    return undefined;
  }
}

async function limited(stream: ReadableStream<string>): Promise<string> {
  const reader = stream.getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
    if (text.length > longest) {
      await reader.cancel();
      throw new RangeError(`expected at most ${longest} characters`);
    }
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
