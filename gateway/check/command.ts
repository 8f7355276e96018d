import { ConfigError, examineConfig } from '../config.ts';
import { allOrFaults } from '../faults.ts';
import { readSupergraphFile } from '../supergraph/file.ts';
import { during } from '../terminal/progress.ts';
import { check } from './check.ts';
import { partsOf } from './findings.ts';
import { reportText } from './report.ts';

/**
 * `npm run check`, or `npm run check -- NAME`: writes the report and gives the exit code, 1 where there are faults. Errors:
 * those of settings and of supergraph.yaml.
 */
export async function runCheck(
  only: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<0 | 1> {
  const start = performance.now();
  const { config, faults } = examineConfig(environment);
  const settings = faults.length > 0 ? Promise.reject(new ConfigError(faults)) : Promise.resolve();
  const [, file] = await allOrFaults([settings, readSupergraphFile(config.supergraphFile)]);
  const report = await during('checking', (task) =>
    check({ config, file, environment, only, onStep: (what) => task.tell(`checking ${what}`) }),
  );
  process.stdout.write(`${reportText(report, performance.now() - start)}\n`);
  return partsOf(report).some(({ faults }) => faults.length > 0) ? 1 : 0;
}
