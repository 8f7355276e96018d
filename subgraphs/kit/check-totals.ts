import { type GraphQLSchema, getNamedType, isObjectType } from 'graphql';
import type { Model, RecordType } from './model.ts';
import { nearest } from './nearest.ts';
import { summedBy, totalsFields, totalsPlan } from './totals.ts';

/** Whether what the mapping says of totals fits the contract and the type whose records they count. */
export function checkTotals(schema: GraphQLSchema, model: Model): string[] {
  return [...model.types.values()].flatMap((type) => {
    if (!type.totals) return [];
    return [...checkFields(type, schema), ...checkTarget(type, schema, model)];
  });
}

/** The contract's type has the fields of totals and those that are added up, and no others. */
function checkFields(type: RecordType, schema: GraphQLSchema): string[] {
  const contract = schema.getType(type.name);
  const fields = isObjectType(contract) ? Object.keys(contract.getFields()) : [];
  const expected = [...totalsFields, ...summedBy(type)];
  const place = `backend.ts: ${type.name}.totals`;
  return [
    ...fields
      .filter((name) => !expected.includes(name))
      .map(
        (name) => `${place}: nothing gives ${type.name}.${name}; name it in "sum", or take it out of schema.graphql.`,
      ),
    ...expected
      .filter((name) => !fields.includes(name))
      .map((name) => `${place}: schema.graphql has no ${type.name}.${name}${nearest(name, fields)}.`),
    ...(type.fields.size > 0 || type.key.length > 0 ? [`${place}: a type of totals has no key or fields.`] : []),
  ];
}

function checkTarget(type: RecordType, schema: GraphQLSchema, model: Model): string[] {
  const { of, at } = type.totals ?? { of: '', at: '' };
  const place = `backend.ts: ${type.name}.totals`;
  const target = model.types.get(of);
  const owned = [...model.types.values()].filter(({ records }) => records === 'owned').map(({ name }) => name);
  if (target?.records !== 'owned') return [`${place}.of: there are no records of "${of}"${nearest(of, owned)}.`];
  // A field whose own mapping is wrong is a fault by itself.
  if (totalsPlan(type, model) && isMoment(of, at, schema)) return [];
  const faults: string[] = [];
  const moment = target.fields.get(at);
  const isWrong = !isMoment(of, at, schema) || (moment && !(moment.kind === 'value' && moment.comparable));
  if (isWrong) faults.push(`${place}.at: ${of}.${at} is no DateTime that can be compared with.`);
  for (const name of summedBy(type)) {
    const field = target.fields.get(name);
    if (field ? field.kind === 'value' && field.sum : target.faulty.has(name)) continue;
    faults.push(`${place}.sum: ${of}.${name} is not made by money(), so that it can't be added up.`);
  }
  return faults;
}

function isMoment(type: string, field: string, schema: GraphQLSchema): boolean {
  const contract = schema.getType(type);
  const inContract = isObjectType(contract) ? contract.getFields()[field] : undefined;
  return inContract !== undefined && getNamedType(inContract.type).name === 'DateTime';
}
