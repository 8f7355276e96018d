import { config } from '../page-config.ts';

const colours = 4;

/** The class of a subgraph's colour, the same in each view. It is beside the subgraph's name always. */
export function colourOf(subgraph: string): string {
  const names = Object.keys(config.systems).toSorted();
  const known = names.indexOf(subgraph);
  const index = known >= 0 ? known : [...subgraph].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  return `of-${(index % colours) + 1}`;
}
