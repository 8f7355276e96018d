import type { Help, HelpSection } from './help.ts';

/** What is known of a command before it runs. Those without help here bring their own, as they read their arguments themselves. */
export interface Command {
  /** What a person types, without arguments. */
  readonly typed: string;
  /** How many arguments it takes. */
  readonly takes: number;
  /** What did not happen where it has faults to tell. */
  readonly undone: string;
  readonly help?: Help;
}

const supergraphConfig = ['SUPERGRAPH_CONFIG', 'the file that names the subgraphs (supergraph.yaml)'] as const;
const gatewayConfig = ['GATEWAY_CONFIG', 'who may ask what, and how much (gateway.yaml)'] as const;
const demoCompany = [
  ['DEMO_SCALE', 'size of the demo company, 0.01 to 40 (1: 2,000 customers, 20,000 orders)'],
  ['DEMO_FOLDER', 'where its data is kept (.data)'],
] as const;
const allSettings = 'README.md, "Configure", has all settings.';

const commandList: HelpSection = {
  title: 'Commands',
  rows: [
    ['npm start', 'the gateway with its subgraphs in one process'],
    ['npm run gateway', 'the gateway alone; subgraphs are reached by routing_url'],
    ['npm run subgraph -- NAME', 'one subgraph as a service'],
    ['npm run --silent compose', 'print the supergraph schema'],
    ['npm run check', 'hold mappings against the live systems'],
    ['npm run new -- NAME --from URL', 'draft a subgraph by looking at a system'],
    ['npm run keys', 'make, list and revoke API keys'],
    ['npm run access', 'who may see what: of the schema, or of one query'],
    ['npm run types', 'write contract.ts beside each schema.graphql'],
    ['npm run bench', 'measure it, on Linux'],
  ],
};

/** Every command but the one that runs stand-ins, which is no person's. */
export const commands = {
  start: {
    typed: 'npm start',
    takes: 0,
    undone: 'Junction did not start',
    help: {
      usage: ['npm start'],
      about:
        'Junction: one GraphQL endpoint over the systems a company already runs. npm start runs the gateway with all subgraphs that have a folder here, in one process. A subgraph without settings of its own stands on an invented system.',
      sections: [
        { ...commandList, title: 'Commands (each has --help; npm start -- help COMMAND is the same)' },
        {
          title: 'Settings, by the environment (and what holds without)',
          rows: [
            ['PORT, HOST', 'where to listen (4000, 127.0.0.1)'],
            ['ORDERS_URL, …', "where a subgraph's system is; its backend.ts names the variables (a demo stand-in)"],
            supergraphConfig,
            gatewayConfig,
            ['EMBED', 'subgraphs inside this process: all, none, or names with commas (all)'],
            ['WORKERS', 'processes that serve on one port, or auto (1)'],
            ['LOG_LEVEL', 'trace, debug, info, warn, error, fatal or silent (info)'],
            ...demoCompany,
            ['NODE_ENV', 'production: no demo callers, no console; wants callers that it knows'],
          ],
        },
      ],
      examples: [
        'npm start',
        'PORT=8080 DEMO_SCALE=0.1 npm start',
        'ORDERS_URL=postgres://me@db.example/shop npm start',
      ],
      more: allSettings,
    },
  },
  gateway: {
    typed: 'npm run gateway',
    takes: 0,
    undone: 'Junction did not start',
    help: {
      usage: ['npm run gateway'],
      about:
        'Runs the gateway alone. It reaches every subgraph by the routing_url that supergraph.yaml has, and signs what it sends; it starts, and answers what it can, while some are down.',
      sections: [
        {
          title: 'Settings, by the environment (and what holds without)',
          rows: [
            ['PORT, HOST', 'where to listen (4000, 127.0.0.1)'],
            supergraphConfig,
            gatewayConfig,
            ['SUBGRAPH_KEYS', 'keys that gateway and subgraphs share (made in .data; has to be set in production)'],
            ['CACHE_URL', 'a Redis for what replicas share (each for itself)'],
            ['WORKERS', 'processes that serve on one port, or auto (1)'],
          ],
        },
      ],
      examples: ['npm run gateway', 'NODE_ENV=production HOST=0.0.0.0 SUBGRAPH_KEYS=k1:BASE64 npm run gateway'],
      more: `README.md, "Run many". ${allSettings}`,
    },
  },
  subgraph: {
    typed: 'npm run subgraph',
    takes: 1,
    undone: 'Junction did not start',
    help: {
      usage: ['npm run subgraph -- NAME'],
      about:
        'Runs one subgraph as a service: a Federation 2 endpoint at /graphql that answers a gateway which signs with the same keys, and /health/ready.',
      sections: [
        { title: 'Arguments', rows: [['NAME', 'a subgraph of supergraph.yaml that has a folder in subgraphs/']] },
        {
          title: 'Settings, by the environment (and what holds without)',
          rows: [
            ['PORT, HOST', 'where to listen (the port of its routing_url, 127.0.0.1)'],
            ['NAME_URL, …', 'where its system is; its backend.ts names the variables (a demo stand-in)'],
            ['SUBGRAPH_KEYS', 'keys that gateway and subgraphs share; none: nobody signs (made in .data)'],
            ['SYSTEM_TIMEOUT_MS', 'how long one call to its system may take (5000)'],
            ...demoCompany,
          ],
        },
      ],
      examples: [
        'npm run subgraph -- orders',
        'ORDERS_URL=sqlite:/var/lib/shop.db PORT=4102 npm run subgraph -- orders',
      ],
      more: 'README.md, "Run many".',
    },
  },
  compose: {
    typed: 'npm run compose',
    takes: 0,
    undone: 'Nothing was composed',
    help: {
      usage: ['npm run --silent compose'],
      about:
        'Composes the schemas of all subgraphs that supergraph.yaml names, and prints the supergraph schema. What does not compose is listed, with file and line, and it ends with 1. Needs no system; only subgraphs with a subgraph_url are asked.',
      sections: [{ title: 'Settings, by the environment (and what holds without)', rows: [supergraphConfig] }],
      examples: ['npm run --silent compose > supergraph.graphql'],
      more: 'README.md, "Run many".',
    },
  },
  check: {
    typed: 'npm run check',
    takes: 1,
    undone: 'Nothing was checked',
    help: {
      usage: ['npm run check [-- NAME]'],
      about:
        'Composes the supergraph, holds every mapping against its live system, and reads three records of each type, one of them again by its key. Writes nothing to any system. Ends with 1 where there are faults.',
      sections: [
        { title: 'Arguments', rows: [['NAME', 'the one subgraph to look at (all of them)']] },
        {
          title: 'Settings, by the environment (and what holds without)',
          rows: [
            supergraphConfig,
            ['NAME_URL, …', "where each subgraph's system is, as backend.ts names it (a demo stand-in)"],
            ['SYSTEM_TIMEOUT_MS', 'how long one call to a system may take (5000)'],
          ],
        },
      ],
      examples: ['npm run check', 'ORDERS_URL=postgres://me@db.example/shop npm run check -- orders'],
      more: 'README.md, "Wrap a system".',
    },
  },
  types: {
    typed: 'npm run types',
    takes: 0,
    undone: 'Not every contract.ts was written',
    help: {
      usage: ['npm run types'],
      about:
        'Writes contract.ts beside each schema.graphql in subgraphs/, where it is not current: with it, a name in backend.ts that the contract has not is an error in your editor.',
      sections: [{ title: 'Settings, by the environment (and what holds without)', rows: [supergraphConfig] }],
      examples: ['npm run types'],
      more: 'README.md, "Wrap a system".',
    },
  },
  new: { typed: 'npm run new', takes: 1, undone: 'Nothing was written' },
  keys: { typed: 'npm run keys', takes: 2, undone: 'Nothing was changed' },
  access: { typed: 'npm run access', takes: 2, undone: 'Nothing was explained' },
} as const satisfies Readonly<Record<string, Command>>;

/** The name of a command. */
export type CommandName = keyof typeof commands;

/** Whether there is a command of this name. */
export function isCommand(text: string): text is CommandName {
  return Object.hasOwn(commands, text);
}
