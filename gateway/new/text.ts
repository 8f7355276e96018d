import { styleText } from 'node:util';
import type { Drafted } from '../../subgraphs/kit/scaffold/system.ts';
import type { Help } from '../terminal/help.ts';

/** What `--help` says. */
export const newHelp: Help = {
  usage: ['npm run new -- NAME --from URL [--tables A,B] [--port N]'],
  about:
    'Drafts a subgraph by looking at a system, for you to go on from. Writes subgraphs/NAME/schema.graphql, backend.ts and contract.ts, and names it in supergraph.yaml. Changes nothing in the system; a password is never written.',
  sections: [
    {
      title: 'Arguments',
      rows: [
        ['NAME', "the subgraph's name: small letters, digits and -, such as shipping"],
        [
          '--from',
          'where the system is:\npostgres://user:password@host/database\nmariadb://… or mysql://…\nsqlite:PATH\nthe URL or path of an OpenAPI 3 document, JSON or YAML\nthe URL or path of a WSDL',
        ],
        ['--tables', 'the tables or views to take (all tables with a primary key, at most 30)'],
        ['--port', "the port of its routing_url (one behind the others')"],
      ],
    },
    {
      title: 'Settings, by the environment (and what holds without)',
      rows: [['SUPERGRAPH_CONFIG', 'the file that names the subgraphs (supergraph.yaml)']],
    },
  ],
  examples: [
    'npm run new -- shipping --from postgres://me@db.example/ship --tables parcel',
    'npm run new -- shop --from https://shop.example/openapi.json',
  ],
  more: 'README.md, "Wrap a system".',
};

/** What was written, what is to be looked at, and how to go on. */
export function writtenText({
  name,
  drafted: { draft, settings },
  remarks,
  url,
  file,
}: {
  readonly name: string;
  readonly drafted: Drafted;
  /** What a person should look at. */
  readonly remarks: readonly string[];
  readonly url: string;
  readonly file: string;
}): string {
  const fields = draft.types.reduce((sum, type) => sum + type.fields.length + 1, 0);
  const width = `subgraphs/${name}/schema.graphql`.length + 2;
  const variables = settings
    .map(({ variable, value }) => `${variable}=${value === undefined ? '…' : shellWord(value)}`)
    .join(' ');
  const lines = [
    `${styleText('bold', name)} is drafted from ${draft.source.what}: ${draft.types.length} types with ${fields} fields.`,
    '',
    `  ${`subgraphs/${name}/schema.graphql`.padEnd(width)}the contract: rename, describe, take away, say who may see what (now: who is signed in)`,
    `  ${`subgraphs/${name}/backend.ts`.padEnd(width)}how the system holds it`,
    `  ${`subgraphs/${name}/contract.ts`.padEnd(width)}the contract for the compiler: npm run types writes it anew`,
    `  ${file.padEnd(width)}${name} is named there, at ${url}`,
    '',
    ...(remarks.length > 0
      ? ['For you to look at:', ...remarks.map((remark) => styleText('yellow', `  - ${remark}`)), '']
      : []),
    'Go on with:',
    `  ${variables} npm run check -- ${name}`,
    `  ${variables} npm start`,
    'A gateway that is running sees new variables only after a restart.',
  ];
  return `${lines.join('\n')}\n`;
}

/** As a shell takes it. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
