import { config } from '../page-config.ts';

/** What people call the system behind a subgraph: `Warehouse`, and `CRM`, since names so short are abbreviations. The subgraph's own name while it isn't known. */
export function systemName(subgraph: string | undefined): string {
  if (subgraph === undefined) return 'The system';
  const name = config.systems[subgraph]?.system ?? subgraph;
  return name.length <= 3 ? name.toUpperCase() : name.charAt(0).toUpperCase() + name.slice(1);
}
