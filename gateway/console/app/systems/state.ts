import type { SubgraphReport, SystemsReport } from '../../../telemetry/systems-report.ts';

/** What an operator has to know first: one sentence each, worst first; none where all is well. */
export function troublesOf({ gateway, supergraph, subgraphs }: SystemsReport): string[] {
  const { missing } = gateway.workers;
  return [
    ...(supergraph.status === 'outdated' ? ['A change of the schema can’t be taken up.'] : []),
    ...subgraphs.filter((each) => !isUp(each)).map(troubleOf),
    ...subgraphs.filter((each) => isUp(each) && each.system?.faults?.length).map(contradictionOf),
    ...(missing > 0 ? [`${missing === 1 ? 'A worker does' : `${missing} workers do`} not answer.`] : []),
  ];
}

/** Whether a subgraph answers, and the system behind it. */
export function isUp({ status, system }: SubgraphReport): boolean {
  return status === 'up' && system?.status !== 'down';
}

function troubleOf({ name, system }: SubgraphReport): string {
  if (system?.status === 'down') return `The ${system.name} behind ${name} is down.`;
  return `The subgraph ${name} is down.`;
}

function contradictionOf({ name, system }: SubgraphReport): string {
  return `The ${system?.name} behind ${name} is not what the mapping says.`;
}
