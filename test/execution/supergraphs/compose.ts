import { compose, type Supergraph } from '../../../gateway/supergraph/compose.ts';
import type { TestSupergraph } from './supergraph.ts';

/** Composes a test's subgraphs. */
export function composeTest({ subgraphs }: Pick<TestSupergraph, 'subgraphs'>): Supergraph {
  return compose(
    Object.entries(subgraphs).map(([name, sdl]) => ({
      name,
      url: `http://${name}.test`,
      where: `${name}.graphql`,
      sdl,
    })),
  );
}
