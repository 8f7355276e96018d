import { z } from 'zod';
import { StartupError } from '../../../subgraphs/kit/errors.ts';
import { readRegular } from '../../supergraph/regular.ts';

/** The operations of a manifest. */
export interface Manifest {
  /** Texts by their ids. */
  readonly texts: ReadonlyMap<string, string>;
  /** The same texts. They are compared character by character: what stands in the manifest is what runs. */
  readonly bodies: ReadonlySet<string>;
}

const text = z.string().min(1, 'expected a text that is not empty');

/** As `@apollo/generate-persisted-query-manifest` writes it. Lists that are kept elsewhere leave out what only people read. */
const format = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(
    z.object({
      id: text,
      body: text,
      name: z.string().optional(),
      type: z.enum(['query', 'mutation', 'subscription']).optional(),
    }),
  ),
});

/** Reads a manifest. Errors: StartupError with all its faults, each with the file and the place in it. */
export async function readManifest(path: string): Promise<Manifest> {
  const source = await readRegular(path).catch((cause: NodeJS.ErrnoException) => {
    throw new StartupError([`${path}: can't be read (${cause.code}). Expected a persisted query manifest.`], {
      cause,
    });
  });
  const { operations } = parsed(path, source);
  const texts = new Map<string, string>();
  const faults: string[] = [];
  for (const [i, { id, body }] of operations.entries()) {
    const other = texts.get(id);
    if (other === undefined) texts.set(id, body);
    else if (other !== body) {
      const first = operations.findIndex((operation) => operation.id === id);
      faults.push(`${path}: operations.${i}.id: operations.${first} has the same id and another body.`);
    }
  }
  if (faults.length > 0) throw new StartupError(faults);
  return { texts, bodies: new Set(texts.values()) };
}

function parsed(path: string, source: string): z.output<typeof format> {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch {
    // The parser's own words would quote the file.
    throw new StartupError([`${path}: is not JSON. Expected a persisted query manifest.`]);
  }
  const result = format.safeParse(json);
  if (result.success) return result.data;
  throw new StartupError(
    result.error.issues.map(({ path: place, message }) => {
      const where = place.length > 0 ? `${place.map(String).join('.')}: ` : '';
      return `${path}: ${where}${message.replace(/^Invalid (input|option): /, '')}.`;
    }),
  );
}
