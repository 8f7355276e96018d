import { StartupError } from '../../subgraphs/kit/errors.ts';
import { openSubgraph, readSubgraph, type Subgraph } from '../../subgraphs/kit/subgraph.ts';
import { type Config, ConfigError } from '../config.ts';
import { type StandIns, startStandIns } from '../embedded/demo.ts';
import { folderOf, hasFolder } from '../embedded/folders.ts';
import { faultsOf } from '../faults.ts';
import { composeSupergraph } from '../supergraph/compose.ts';
import type { SubgraphEntry, SupergraphFile } from '../supergraph/file.ts';
import { endAtOnce } from '../terminal/interrupt.ts';
import { withDeadline } from '../transport/health.ts';
import { httpTransport } from '../transport/http.ts';
import { typesOf } from '../types.ts';
import type { CheckReport, SubgraphCheck } from './findings.ts';
import { placed } from './places.ts';
import { Heard, sampleTypes } from './sample.ts';

/** What a check needs. */
export interface CheckOptions {
  readonly config: Config;
  readonly file: SupergraphFile;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The one subgraph to look at; all without it. */
  readonly only?: string | undefined;
  /** Told what is being looked at: `orders: Order`. */
  readonly onStep?: (what: string) => void;
}

const healthTimeoutMs = 2_000;

/**
 * Composes the supergraph, holds each subgraph's mapping against its system, and reads a few records of each type. Subgraphs
 * without settings are checked on their stand-ins. Errors: ConfigError for a subgraph that there isn't.
 */
export async function check({
  config,
  file,
  environment,
  only,
  onStep = () => {},
}: CheckOptions): Promise<CheckReport> {
  const names = file.subgraphs.map(({ name }) => name);
  if (only !== undefined && !names.includes(only)) {
    throw new ConfigError([`npm run check -- NAME: expected one of ${names.join(', ')}, got ${only}.`]);
  }
  const entries = file.subgraphs.filter(({ name }) => only === undefined || name === only);
  const here = entries.filter(({ name }) => hasFolder(name));
  const undo = endAtOnce();
  const standIns = await startStandIns(
    here.map(({ name }) => name),
    environment,
    config,
  ).finally(undo);
  try {
    onStep('the supergraph');
    const composition = await checkComposition(file);
    const subgraphs: SubgraphCheck[] = [];
    // One after the other, so that their times are their own.
    for (const entry of entries) {
      onStep(entry.name);
      subgraphs.push(
        here.includes(entry)
          ? await checkHere(entry.name, { config, environment, standIns, onStep })
          : await checkElsewhere(entry),
      );
    }
    return { composition, subgraphs };
  } finally {
    await standIns.close();
  }
}

async function checkComposition(file: SupergraphFile): Promise<CheckReport['composition']> {
  try {
    const { subgraphs, hints } = await composeSupergraph(file);
    return { subgraphs: subgraphs.length, faults: [], remarks: hints };
  } catch (error) {
    const faults = faultsOf(error);
    if (!faults) throw error;
    return { subgraphs: file.subgraphs.length, faults, remarks: [] };
  }
}

/** A subgraph whose folder is here: its mapping is held against its system, and its types are read. */
async function checkHere(
  name: string,
  {
    config: { systemTimeoutMs, demoFolder },
    environment,
    standIns,
    onStep,
  }: Required<Pick<CheckOptions, 'config' | 'environment' | 'onStep'>> & { readonly standIns: StandIns },
): Promise<SubgraphCheck> {
  const folder = folderOf(name);
  const log = new Heard();
  let behind = 'not opened';
  let subgraph: Subgraph | undefined;
  try {
    const parts = await readSubgraph(folder);
    behind = parts.backend.system;
    const settings = { ...environment, ...standIns.settings };
    subgraph = await openSubgraph(parts, { name, environment: settings, systemTimeoutMs, log });
    const health = await subgraph.health(AbortSignal.timeout(healthTimeoutMs));
    behind = [`${health.name}, ${health.kind}`, ...(standIns.names.includes(name) ? ['demo stand-in'] : [])].join(', ');
    if (health.status === 'down') {
      const [why = 'not reachable, so its mapping is not checked'] = log.takeWarnings();
      const variables = parts.backend.settings.map(({ variable }) => variable).join(', ');
      const remedy = standIns.names.includes(name)
        ? `Its stand-in's data may be broken: delete ${demoFolder}/demo-*, and it is made anew`
        : `Look at ${variables}`;
      const fault = `${health.code}: ${why.replace(/\.$/, '')}. ${remedy}.`;
      return { name, behind, faults: [fault], remarks: [], types: [] };
    }
    const remarks =
      typesOf(folder) !== 'outdated' ? [] : ['contract.ts is not as schema.graphql is: npm run types writes it.'];
    const types = await sampleTypes(parts, subgraph, log, (type) => onStep(`${name}: ${type}`));
    return { name, behind, faults: [], remarks, types };
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    const faults = error.faults.map((fault) => placed(fault, name, folder));
    // What a log would have: the system's words where it refuses us.
    return { name, behind, faults, remarks: log.takeErrors(), types: [] };
  } finally {
    await subgraph?.close();
  }
}

/** A subgraph that runs elsewhere answers for its own mapping; whether it is there is all that can be seen from here. */
async function checkElsewhere({ name, routingUrl }: SubgraphEntry): Promise<SubgraphCheck> {
  const behind = `runs elsewhere, at ${routingUrl}`;
  const transport = httpTransport(routingUrl);
  try {
    const { system } = await withDeadline(healthTimeoutMs, (signal) => transport.health(signal));
    const faults = system?.status === 'down' ? [`the system behind it, ${system.name}, is down`] : [];
    return { name, behind, faults, remarks: [], types: [] };
  } catch {
    return { name, behind, faults: ['it does not answer there'], remarks: [], types: [] };
  } finally {
    await transport.close();
  }
}
