/** Subgraphs whose data `World` makes up. */
export interface TestSupergraph {
  readonly name: string;
  /** Each subgraph's schema, by the subgraph's name. */
  readonly subgraphs: Readonly<Record<string, string>>;
  /** Interfaces that a subgraph knows as `@interfaceObject`s, each with the entity types that stand behind it. */
  readonly families?: Readonly<Record<string, readonly string[]>>;
}

/** The head of a subgraph's schema. */
export const federation = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@requires", "@provides", "@external", "@shareable", "@override", "@inaccessible", "@interfaceObject"
])
`;
