import type { SubgraphOperation, SubgraphRequest } from './transport.ts';

/** What all requests with one operation begin with. The plan's object is the same for every run, and goes with the plan. */
const starts = new WeakMap<SubgraphOperation, string>();

/** A request as GraphQL over HTTP has it, section 5.4: JSON text. Equal requests have equal texts. */
export function requestBody({ operation, variablesText }: SubgraphRequest): string {
  let start = starts.get(operation);
  if (start === undefined) {
    start = startOf(operation);
    starts.set(operation, start);
  }
  return `${start}${variablesText}}`;
}

function startOf({ query, name }: SubgraphOperation): string {
  const operationName = name === undefined ? '' : `"operationName":${JSON.stringify(name)},`;
  return `{"query":${JSON.stringify(query)},${operationName}"variables":`;
}
