import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Kind, parse } from 'graphql';
import { contractTypes } from '../../subgraphs/kit/contract-types.ts';
import { StartupError, SystemError } from '../../subgraphs/kit/errors.ts';
import { backendText } from '../../subgraphs/kit/scaffold/backend-text.ts';
import { schemaText } from '../../subgraphs/kit/scaffold/schema-text.ts';
import { draftSystem } from '../../subgraphs/kit/scaffold/system.ts';
import { faultReport } from '../announce.ts';
import { readConfig } from '../config.ts';
import { faultsOf } from '../faults.ts';
import { compose } from '../supergraph/compose.ts';
import { readSupergraphFile } from '../supergraph/file.ts';
import { loadSchemas, type SubgraphSchema } from '../supergraph/schema.ts';
import { helpText } from '../terminal/help.ts';
import { endAtOnce } from '../terminal/interrupt.ts';
import { during } from '../terminal/progress.ts';
import { urlOf, withEntry } from './entry.ts';
import { freePort, type NewOptions, nameFaults, readOptions } from './options.ts';
import { newHelp, writtenText } from './text.ts';
import { writeFolder } from './write.ts';

/** How long the whole look at a system may take, in milliseconds: it is one person's wait, not a client's. */
const lookLimitMs = 60_000;

/**
 * `npm run new -- NAME --from URL`: drafts a subgraph by looking at a system, writes its folder and names it in supergraph.yaml; gives
 * the exit code. When anything is wrong, it is said and nothing is written.
 */
export async function runNew(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<0 | 1> {
  try {
    const options = readOptions(args);
    process.stdout.write(options ? await make(options, environment) : helpText(newHelp));
    return 0;
  } catch (error) {
    const faults = error instanceof SystemError ? [`--from: ${said(error)}`] : faultsOf(error);
    if (!faults) throw error;
    process.stderr.write(faultReport('Nothing was written', faults));
    return 1;
  }
}

async function make(options: NewOptions, environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const { name } = options;
  const folder = resolve(import.meta.dirname, '../../subgraphs', name);
  const file = await readSupergraphFile(readConfig(environment).supergraphFile);
  const faults = nameFaults(options, folder, file);
  if (faults.length > 0) throw new StartupError(faults);
  const others = await during(`composing ${file.subgraphs.length} subgraphs`, async () => {
    const schemas = await loadSchemas(file.subgraphs);
    compose(schemas);
    return schemas;
  });
  const call = { signal: AbortSignal.timeout(lookLimitMs), requestId: 'new' };
  const drafted = await during('looking at the system', (task) => {
    const onTable = (table: string, at: number, of: number) => task.tell(`looking at table ${at} of ${of}: ${table}`);
    return draftSystem({ ...options, onTable, taken: takenNames(others) }, call);
  });
  if (drafted.draft.types.length === 0) {
    throw new StartupError(['--from: nothing was found that a type can be made of.', ...drafted.draft.remarks]);
  }
  const port = options.port ?? (await freePort(file));
  const schema = schemaText(drafted.draft);
  const where = `subgraphs/${name}/schema.graphql`;
  const { hints } = compose([...others, { name, url: urlOf(port), where, sdl: schema }]);
  const entry = { name, port, schema: join(folder, 'schema.graphql') };
  const yaml = withEntry(readFileSync(file.path, 'utf8'), file.path, entry);
  const files = {
    'schema.graphql': schema,
    'contract.ts': contractTypes(schema),
    'backend.ts': backendText(drafted.draft, name),
  };
  // supergraph.yaml last: a gateway that is running takes the subgraph up as soon as it is named.
  const undo = endAtOnce();
  writeFolder(folder, files, { path: file.path, text: yaml });
  undo();
  const remarks = [...drafted.draft.remarks, ...hints.filter((hint) => hint.includes(where))];
  return writtenText({ name, drafted, remarks, url: urlOf(port), file: file.path });
}

/** The names that other contracts have. */
function takenNames(schemas: readonly SubgraphSchema[]): { types: Set<string>; queries: Set<string> } {
  const types = new Set<string>();
  const queries = new Set<string>();
  for (const definition of schemas.flatMap(({ sdl = '' }) => parse(sdl).definitions)) {
    if (!('name' in definition) || !definition.name || definition.kind === Kind.DIRECTIVE_DEFINITION) continue;
    types.add(definition.name.value);
    if (definition.name.value !== 'Query' || !('fields' in definition)) continue;
    for (const { name } of definition.fields ?? []) queries.add(name.value);
  }
  return { types, queries };
}

function said({ code, message }: SystemError): string {
  return `the system did not answer as it should (${code}): ${message}`;
}
