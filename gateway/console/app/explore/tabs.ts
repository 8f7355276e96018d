import { keptLong } from '../storage.ts';
import { readyMade } from './ready-made.ts';
import type { Shared } from './shared.ts';

/** GraphiQL's tabs, as it keeps them in the browser and tells of them. */
export interface Tabs {
  readonly tabs: readonly Tab[];
  readonly activeTabIndex: number;
}

interface Tab extends Shared {
  readonly id: string;
  readonly title: string;
  readonly query: Shared['query'];
  readonly hash: null;
  readonly headers: null;
  readonly response: null;
}

const stored = 'graphiql:tabState';

/**
 * Sees to it that GraphiQL opens with the tabs of the last visit, or else with the ready-made queries, and shows one: `open`, in a tab of its
 * own if there is none with it, or the one that showed last.
 *
 * @returns what it will show
 */
export function prepareTabs(open: Shared | undefined): Shared {
  const last = storedTabs() ?? { tabs: readyMade.map(tabOf), activeTabIndex: 0 };
  const { tabs, activeTabIndex } = open ? withTab(last, open) : last;
  const { query, variables, operationName } =
    tabs[activeTabIndex] ?? tabOf({ query: '', variables: null, operationName: null });
  keptLong.set(stored, JSON.stringify({ tabs, activeTabIndex }));
  // It looks for its tab by these, and opens an empty one where they fit none.
  keptLong.set('graphiql:query', query);
  keptLong.set('graphiql:variables', variables ?? '');
  keptLong.remove('graphiql:headers');
  return { query, variables, operationName };
}

function withTab({ tabs }: Tabs, open: Shared): Tabs {
  const same = tabs.findIndex(
    ({ query, variables }) => query === open.query && (variables ?? '') === (open.variables ?? ''),
  );
  if (same >= 0) return { tabs, activeTabIndex: same };
  return { tabs: [...tabs, tabOf(open)], activeTabIndex: tabs.length };
}

function tabOf({ query, variables, operationName }: Shared): Tab {
  const title = operationName || '<untitled>';
  return {
    id: crypto.randomUUID?.() ?? String(Math.random()),
    title,
    query,
    variables,
    operationName,
    hash: null,
    headers: null,
    response: null,
  };
}

function storedTabs(): Tabs | undefined {
  try {
    const { tabs, activeTabIndex } = JSON.parse(keptLong.get(stored) ?? '{}') as Partial<Tabs>;
    if (!Array.isArray(tabs) || tabs.length === 0 || typeof activeTabIndex !== 'number') return undefined;
    return {
      tabs: tabs.map((tab: Tab) => ({ ...tab, query: tab.query ?? '', hash: null, headers: null, response: null })),
      activeTabIndex: Math.min(Math.max(activeTabIndex, 0), tabs.length - 1),
    };
  } catch {
    return undefined;
  }
}
