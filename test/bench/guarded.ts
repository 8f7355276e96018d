import { type ConstDirectiveNode, Kind, parse, print, visit } from 'graphql';
import { type SubgraphName, subgraphSdl } from './engine.ts';

const authenticated = 'authenticated';

/** Rules on what the workloads ask for, as the demo company has them: of types, and of fields as `Type.field`. */
const rules: Readonly<Record<string, readonly string[]>> = {
  Customer: ['customer:read'],
  'Customer.email': ['customer:contact'],
  'Customer.phone': ['customer:contact'],
  SupportCase: ['support:read'],
  Order: ['order:read'],
  'Order.paymentStatus': ['finance:read'],
  // By what they require.
  'Order.margin': [authenticated, 'order:read', 'finance:margin'],
  'Order.canShip': [authenticated, 'order:read'],
  OrderLine: ['order:read'],
  Shipment: ['order:read'],
  Product: [authenticated],
  StockLevel: ['inventory:read'],
  Warehouse: ['inventory:read'],
  Invoice: ['finance:read'],
  Payment: ['finance:read'],
  Account: ['finance:read'],
};

/** Who has these scopes may see all that has a rule. */
export const scopes = [...new Set(Object.values(rules).flat())].filter((rule) => rule !== authenticated);

/** A subgraph's schema with rules. */
export function guardedSdl(name: SubgraphName): string {
  const sdl = subgraphSdl(name).replace('import: [', 'import: ["@authenticated", "@requiresScopes", ');
  const guarded = visit(parse(sdl), {
    [Kind.OBJECT_TYPE_DEFINITION]: (type) => ({
      ...type,
      directives: [...(type.directives ?? []), ...rulesOf(type.name.value)],
      fields: type.fields?.map((field) => ({
        ...field,
        directives: [...(field.directives ?? []), ...rulesOf(`${type.name.value}.${field.name.value}`)],
      })),
    }),
  });
  return print(guarded);
}

function rulesOf(place: string): readonly ConstDirectiveNode[] {
  const all = rules[place] ?? [];
  const needed = all.filter((rule) => rule !== authenticated);
  const applied = [
    ...(all.includes(authenticated) ? ['@authenticated'] : []),
    ...(needed.length > 0 ? [`@requiresScopes(scopes: [${JSON.stringify(needed)}])`] : []),
  ];
  const [definition] = parse(`scalar Guarded ${applied.join(' ')}`).definitions;
  return definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? (definition.directives ?? []) : [];
}
