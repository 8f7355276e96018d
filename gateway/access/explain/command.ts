import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { faultReport } from '../../announce.ts';
import { type Config, ConfigError, examineConfig } from '../../config.ts';
import { allOrFaults, faultsOf } from '../../faults.ts';
import type { Explanation } from '../../operations/planner.ts';
import { demandOf, type Rule } from '../../operations/rule.ts';
import { readSupergraphFile } from '../../supergraph/file.ts';
import { createLog, type LogOutput } from '../../telemetry/log.ts';
import { helpText } from '../../terminal/help.ts';
import { holds, namesIn } from '../authorization.ts';
import type { Caller } from '../caller.ts';
import { admitsAnonymous, signersWith, subgraphKeys } from '../configured.ts';
import { demoCaller } from '../identity/demo-callers.ts';
import { Policies } from '../policies/policies.ts';
import { count, judge } from './judge.ts';
import { type AccessOptions, anonymous, callerNames, readOptions } from './options.ts';
import { accessHelp, callerText, errorText, rulesTable, treeText } from './text.ts';

/** What the command reads and writes. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * `npm run access`, `npm run access -- explain --as NAME QUERY`: says who may see what, and gives the exit code: 0 where all is allowed, 1
 * where anything is refused, 2 where settings, arguments or the query are wrong.
 */
export async function runAccess(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  terminal: Terminal = process,
): Promise<0 | 1 | 2> {
  try {
    const options = readOptions(args);
    if (options.command === 'help') {
      terminal.stdout.write(helpText(accessHelp));
      return 0;
    }
    const { config, faults } = examineConfig(environment);
    if (faults.length > 0) throw new ConfigError(faults);
    return options.command === 'rules'
      ? await table(options, config, terminal)
      : await explain(options, config, terminal);
  } catch (error) {
    const faults = faultsOf(error);
    if (!faults) throw error;
    terminal.stderr.write(faultReport('Nothing was explained', faults));
    return 2;
  }
}

async function explain(
  options: Extract<AccessOptions, { command: 'explain' }>,
  config: Config,
  terminal: Terminal,
): Promise<0 | 1 | 2> {
  const { stdin, stdout, stderr } = terminal;
  const { caller, operationName, json } = options;
  const [query, planner] = await allOrFaults([textOf(options.query, stdin), load(config)]);
  const explanation = planner.explain(query, operationName);
  if (explanation.kind === 'refused') {
    if (json) stdout.write(`${JSON.stringify({ errors: explanation.errors }, null, 2)}\n`);
    else stderr.write(faultReport('The query is not valid', errorText(explanation.errors).split('\n')));
    return 2;
  }
  const held = await holding(config, caller, rulesIn(explanation), stderr);
  const fields = judge(explanation.fields, held, explanation.operation === 'mutation');
  const isAllowed = count(fields, ({ verdict }) => verdict !== 'allowed') === 0;
  const whole = wholeRefusal(config, caller, isAllowed);
  if (json) {
    const { operation, name } = explanation;
    const { kind, claims, scopes } = caller;
    const asking = { kind, scopes: [...scopes], claims };
    const said = { operation, name, caller: asking, allowed: isAllowed && !whole, refusedAsAWhole: whole, fields };
    stdout.write(`${JSON.stringify(said, null, 2)}\n`);
  } else {
    stdout.write(
      `${callerText(caller, `${explanation.operation} ${explanation.name ?? ''}`.trimEnd())}\n${treeText(fields)}`,
    );
    for (const line of [whole, config.authentication ? undefined : off]) if (line) stdout.write(`${line}\n`);
  }
  return isAllowed && !whole ? 0 : 1;
}

async function table({ json }: { readonly json: boolean }, config: Config, { stdout, stderr }: Terminal): Promise<0> {
  const { rules, rulePlaces } = await load(config);
  const columns: { readonly name: string; readonly holds: (rule: Rule) => boolean }[] = [];
  for (const name of callerNames)
    columns.push({ name, holds: await holding(config, demoCaller(name) ?? anonymous, rules, stderr) });
  const said = rulePlaces.map(({ rule, places }) => ({
    demand: demandOf(rule),
    places,
    holds: Object.fromEntries(columns.map((column) => [column.name, column.holds(rule)])),
  }));
  stdout.write(json ? `${JSON.stringify({ rules: said }, null, 2)}\n` : rulesTable(rulePlaces, columns));
  return 0;
}

const off = 'AUTHENTICATION=off: none of this is asked; everybody may ask everything.';

/** Why a request gets nothing at all. */
function wholeRefusal(config: Config, { kind }: Caller, isAllowed: boolean): string | undefined {
  if (kind === 'anonymous' && !admitsAnonymous(config))
    return 'The whole request is refused (401): without a credential nobody may ask here (authorization.anonymous).';
  if (isAllowed || config.file.authorization.mode === 'filter') return undefined;
  return `The whole operation is refused (${kind === 'anonymous' ? 401 : 403}): authorization.mode is reject.`;
}

/** What composes the schema as supergraph.yaml says, without any system. */
async function load(config: Config) {
  const file = await readSupergraphFile(config.supergraphFile);
  const [{ composeSupergraph }, { Planner }] = await Promise.all([
    import('../../supergraph/compose.ts'),
    import('../../operations/planner.ts'),
  ]);
  const isAsked = file.subgraphs.some(({ schema }) => schema.kind === 'url');
  const { sdl } = await composeSupergraph(file, isAsked ? signersWith(subgraphKeys(config)) : undefined);
  return Planner.load(sdl, { limits: config.file.limits });
}

/** Which of these rules hold for a caller. Policies are decided as gateway.yaml says; what goes wrong there is told. */
async function holding(
  { file }: Config,
  caller: Caller,
  rules: readonly Rule[],
  output: LogOutput,
): Promise<(rule: Rule) => boolean> {
  const log = createLog({ level: 'warn', output });
  const policies = new Policies(file.authorization, { log });
  try {
    const held = await policies.decide(caller, namesIn(rules));
    return (rule) => holds(rule, caller, held);
  } finally {
    await policies.close();
  }
}

function rulesIn({ fields }: Pick<Extract<Explanation, { kind: 'explained' }>, 'fields'>): Rule[] {
  const found = new Set<Rule>();
  const look = (each: typeof fields): void => {
    for (const { of, fields } of each) {
      for (const { rules } of of) for (const { rule } of rules) found.add(rule);
      look(fields);
    }
  };
  look(fields);
  return [...found];
}

function textOf(query: string, stdin: Readable): Promise<string> {
  if (query === '-') return text(stdin);
  return query.startsWith('@') ? readFile(query.slice(1), 'utf8') : Promise.resolve(query);
}
