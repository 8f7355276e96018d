import type { Draft, DraftEnum, DraftType } from './draft.ts';
import { capital, sortValue, withArticle, wordsOf } from './names.ts';
import { sharedTypes } from './shared-types.ts';

/** The draft's `schema.graphql`. Only callers who say who they are see what it holds, until somebody decides otherwise. */
export function schemaText({ types, enums }: Draft): string {
  const parts = [
    queryText(types),
    ...types.flatMap((type) => [typeText(type), ...enums.filter(({ name }) => isEnumOf(name, type)).map(enumText)]),
    ...types.flatMap(inputTexts),
    ...types.filter(({ name }) => isPaged(name, types)).flatMap(connectionTexts),
  ];
  const text = parts.filter((part) => part !== '').join('\n\n');
  const imports = ['@key', '@authenticated', ...(/\bPageInfo\b/.test(text) ? ['@shareable', '@listSize'] : [])];
  const list = imports.map((name) => JSON.stringify(name)).join(', ');
  const link = `extend schema\n  @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${list}])`;
  return `${[link, text, ...sharedTypes(text)].join('\n\n')}\n`;
}

/** What composition and the cost of an operation want to know of a page. */
const pageSize =
  '@listSize(slicingArguments: ["first"], sizedFields: ["nodes", "edges"], requireOneSlicingArgument: false)';

const pageArguments = `"How many to return, 1 to 100."
first: Int! = 20
"Return those after this cursor."
after: String`;

function queryText(types: readonly DraftType[]): string {
  const fields = types.flatMap(({ name, one, several, lookUp, list, filters, sorts }) => {
    const order = sorts.length > 0 ? ', by key unless ordered otherwise' : '';
    const filter = filters.length > 0 ? `filter: ${name}Filter\n` : '';
    const orderBy = sorts.length > 0 ? `orderBy: ${name}Sort\n` : '';
    return [
      ...(lookUp ? [`${described(`One ${one} by id; null when there is none.`)}\n${lookUp}(id: ID!): ${name}`] : []),
      ...(list
        ? [
            `${described(`${capital(several)}${order}.`)}\n${list}(\n${indented(`${filter}${orderBy}${pageArguments}`)}\n): ${name}Connection\n  @authenticated\n  ${pageSize}`,
          ]
        : []),
    ];
  });
  return `type Query {\n${indented(fields.join('\n'))}\n}`;
}

function typeText({ name, one, description, lookUp, fields }: DraftType): string {
  const key = lookUp === undefined ? '' : ' @key(fields: "id")';
  const lines = [
    `${described(`Identifies the ${one}.`)}\nid: ID!`,
    ...fields.map((field) => {
      const isPaged = /Connection!?$/.test(field.type);
      const pages = isPaged ? `(\n${indented(pageArguments)}\n)` : '';
      return `${described(field.description)}\n${field.name}${pages}: ${field.type}${isPaged ? `\n  ${pageSize}` : ''}`;
    }),
  ];
  return `${described(description)}\ntype ${name}${key} @authenticated {\n${indented(lines.join('\n'))}\n}`;
}

function enumText({ name, description, values }: DraftEnum): string {
  const lines = [
    ...values.map(
      ({ value, codes }) => `${described(`Held as ${codes.map((code) => `"${code}"`).join(' or ')}.`)}\n${value}`,
    ),
    `${described('The system holds a value that the mapping does not know.')}\nUNKNOWN`,
  ];
  return `${described(description)}\nenum ${name} {\n${indented(lines.join('\n'))}\n}`;
}

function inputTexts({ name, several, list, filters, sorts }: DraftType): string[] {
  if (list === undefined) return [];
  const filter = filters.map((each) => `${described(each.description)}\n${each.name}: ${each.type}`).join('\n');
  const values = sorts
    .map((field) => `${described(`By ${wordsOf(field).join(' ')}.`)}\n${sortValue(field)}`)
    .join('\n');
  return [
    ...(filters.length > 0
      ? [
          `${described(`Which ${several} to return; conditions are joined by AND.`)}\ninput ${name}Filter {\n${indented(filter)}\n}`,
        ]
      : []),
    ...(sorts.length > 0
      ? [
          `${described(`An order of ${several}.`)}\ninput ${name}Sort {\n${indented(
            `"What to order by."\nfield: ${name}SortField!\n"Which way."\ndirection: SortDirection! = ASC`,
          )}\n}`,
          `${described(`What ${several} can be ordered by.`)}\nenum ${name}SortField {\n${indented(values)}\n}`,
        ]
      : []),
  ];
}

function connectionTexts({ name, one, several, counts }: DraftType): string[] {
  const total = counts ? `\n  "How many there are. Counted only when asked for."\n  totalCount: Int!` : '';
  return [
    `${described(`A page of ${several}.`)}
type ${name}Connection {
  ${described(`The ${several} with their cursors.`)}
  edges: [${name}Edge!]!
  ${described(`The ${several}.`)}
  nodes: [${name}!]!
  "Where this page stands."
  pageInfo: PageInfo!${total}
}`,
    `${described(`${capital(withArticle(one))} with its place in the list.`)}
type ${name}Edge {
  "Pass as \`after\` to go on from here."
  cursor: String!
  ${described(`The ${one}.`)}
  node: ${name}!
}`,
  ];
}

/** Whether the type is listed by `Query` or by a field of another type. */
function isPaged(name: string, types: readonly DraftType[]): boolean {
  const connection = `${name}Connection`;
  return types.some(
    (type) =>
      (type.name === name && type.list !== undefined) || type.fields.some((field) => field.type.startsWith(connection)),
  );
}

function isEnumOf(name: string, { fields }: DraftType): boolean {
  return fields.some(({ type }) => type.replace('!', '') === name);
}

/** A description; what systems say of themselves may hold anything. */
function described(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return JSON.stringify(line);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
