/** The name of each stress subgraph, with a schema that gives Apollo's planner 2 ** `fields` plans to weigh. */
export function stressSubgraphs(fields = 13): { name: string; sdl: string }[] {
  const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';
  const each = (make: (i: number) => string) => Array.from({ length: fields }, (_, i) => make(i)).join('\n');
  // Either of two subgraphs has every field, and what lies below needs yet another fetch from a third.
  const shared = `${link}
type Stress @key(fields: "id") { id: ID! ${each((i) => `f${i}: Leaf${i} @shareable`)} }
${each((i) => `type Leaf${i} @key(fields: "id") { id: ID! }`)}`;
  return [
    { name: 'stress-root', sdl: `${link}\ntype Query { stress: Stress } type Stress @key(fields: "id") { id: ID! }` },
    { name: 'stress-a', sdl: shared },
    { name: 'stress-b', sdl: shared },
    {
      name: 'stress-leaves',
      sdl: `${link}\n${each((i) => `type Leaf${i} @key(fields: "id") { id: ID! value: String }`)}`,
    },
  ];
}

/** The query that asks for all of it. */
export function stressQuery(fields = 13): string {
  return `query Stress { stress { ${Array.from({ length: fields }, (_, i) => `f${i} { value }`).join(' ')} } }`;
}
