import { moreOf, type SoapList, type SoapLookUp, type SoapTop, type SoapType } from './options.ts';
import type { Wsdl } from './wsdl.ts';

/** What a type's operations name and the WSDL doesn't have, a line each. */
export function faultsOf(type: SoapType, wsdl: Wsdl): string[] {
  return [
    ...Object.entries(type.byKey ?? {}).flatMap(([column, lookUp]) => lookUpFaults(`byKey.${column}`, lookUp, wsdl)),
    ...(type.list ? listFaults('list', type.list, wsdl) : []),
    ...Object.entries(type.top ?? {}).flatMap(([column, top]) => listFaults(`top.${column}`, top, wsdl)),
  ];
}

/** The operation and the paths of the row element by which a type's columns are described; undefined without operations. */
export function rowsOf({ byKey = {}, list, top = {} }: SoapType): { operation: string; rows: string[] } | undefined {
  const [first] = [...Object.values(byKey), ...(list ? [list] : []), ...Object.values(top)];
  return first && { operation: first.operation, rows: 'groups' in first ? [first.groups, first.rows] : [first.rows] };
}

function lookUpFaults(place: string, { operation, keys, rows, parameters }: SoapLookUp, wsdl: Wsdl): string[] {
  const input = [['keys', keys] as const, ...fixed(parameters)];
  return missing(place, operation, wsdl, { input, output: [['rows', [rows]]] });
}

function fixed(parameters: SoapLookUp['parameters'] = {}): (readonly [place: string, parameter: string])[] {
  return Object.keys(parameters).map((parameter) => ['parameters', parameter]);
}

function listFaults(place: string, list: SoapList | SoapTop, wsdl: Wsdl): string[] {
  const { operation, limit, rows, after, total, filters = {}, orders = {} } = list;
  const group = 'groups' in list ? [list.groups] : [];
  return missing(place, operation, wsdl, {
    input: [
      ...('parents' in list ? [['parents', list.parents] as const] : []),
      ['limit', limit],
      ...fixed(list.parameters),
      ['after', after.parameter],
      ...(total ? [['total', total.parameter] as const] : []),
      ...Object.entries(filters).map(([name, parameter]) => [`filters["${name}"]`, parameter] as const),
      ...Object.entries(orders).flatMap(([name, parameters]) =>
        Object.keys(parameters).map((parameter) => [`orders["${name}"]`, parameter] as const),
      ),
    ],
    output: [
      ...('groups' in list ? [['groups', group] as const, ['parent', [...group, list.parent]] as const] : []),
      ['rows', [...group, rows]],
      ['after', [...group, rows, after.column]],
      ['more', [...group, moreOf(list)]],
      ...(total ? [['total', [...group, total.path]] as const] : []),
    ],
  });
}

function missing(
  place: string,
  operation: string,
  wsdl: Wsdl,
  names: {
    readonly input: readonly (readonly [place: string, parameter: string])[];
    readonly output: readonly (readonly [place: string, path: readonly string[]])[];
  },
): string[] {
  if (!wsdl.has(operation)) return [`${place}: the WSDL has no operation "${operation}"`];
  return [
    ...names.input
      .filter(([, parameter]) => wsdl.element(operation, 'input', parameter) === undefined)
      .map(([name, parameter]) => `${place}.${name}: ${operation} takes no "${parameter}"`),
    ...names.output
      .filter(([, path]) => wsdl.element(operation, 'output', ...path) === undefined)
      .map(([name, path]) => `${place}.${name}: ${operation} answers no "${path.join('.')}"`),
  ];
}
