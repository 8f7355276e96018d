import { config } from '../page-config.ts';
import { keptLong } from '../storage.ts';
import { fetcher, introspectionName, type Run } from './run.ts';
import type { Shared } from './shared.ts';
import type { Tabs } from './tabs.ts';

declare global {
  interface Window {
    /** For GraphiQL in its frame: `gateway/console/explore-frame.ts` looks for it here. */
    junctionExplore?: GraphiqlHost | undefined;
  }
}

/** What GraphiQL's frame asks of the page around it. */
export interface GraphiqlHost {
  /** @param render starts GraphiQL, with properties of its React component */
  start(frame: Window, render: (options: Readonly<Record<string, unknown>>) => void): void;
}

/** What GraphiQL tells the page. */
export interface GraphiqlListeners {
  onRun(run: Run | 'running'): void;
  onEdit(shared: Shared): void;
}

/** As much of the Monaco editor as is needed here. */
interface Monaco {
  readonly editor: {
    setTheme(name: string): void;
    addKeybindingRules(rules: readonly { readonly keybinding: number; readonly command: string }[]): void;
  };
  readonly KeyCode: { readonly Tab: number };
  readonly KeyMod: { readonly Shift: number };
}

/** Where GraphiQL keeps tabs and history, of the same keys as by itself. On its own it would not start where the browser keeps nothing. */
const storage = {
  get length() {
    return ownKeys().length;
  },
  getItem: (key: string) => keptLong.get(key),
  setItem: (key: string, value: string) => void keptLong.set(key, value),
  removeItem: (key: string) => keptLong.remove(key),
  clear: () => {
    for (const key of ownKeys()) keptLong.remove(key);
  },
};

function ownKeys(): readonly string[] {
  return keptLong.keys().filter((key) => key.startsWith('graphiql:'));
}

/** Plays the host until it is left. */
export function hostGraphiql({ onRun, onEdit }: GraphiqlListeners): { leave(): void } {
  let follow: (() => void) | undefined;
  const observer = new MutationObserver(() => follow?.());
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  const onSystem = () => follow?.();
  system.addEventListener('change', onSystem);
  window.junctionExplore = {
    start(frame, render) {
      const { monaco } = frame as unknown as { readonly monaco: Monaco };
      // Somebody who walks through the page by the Tab key comes out of the editor again: it has no indenting of its own. Suggestions take it still.
      const { editor, KeyCode, KeyMod } = monaco;
      editor.addKeybindingRules([
        { keybinding: KeyCode.Tab, command: '-tab' },
        { keybinding: KeyMod.Shift | KeyCode.Tab, command: '-outdent' },
      ]);
      // What it knows from the beginning its editors are made with.
      keptLong.set('graphiql:theme', theme());
      render({
        storage,
        // The page has its own.
        title: '',
        logo: '',
        // None beside those that are prepared, and no text of its own either.
        defaultTabs: [],
        fetcher: fetcher(onRun),
        introspectionQueryName: introspectionName,
        // Null: it isn't asked for.
        ...(!config.introspection && { schema: null }),
        // Who asks is chosen in the page's head, and what is typed here would be kept.
        isHeadersEditorEnabled: false,
        shouldPersistHeaders: false,
        showPersistHeadersSettings: false,
        forcedTheme: theme(),
        onEditQuery: () => {},
        onTabChange: ({ tabs, activeTabIndex }: Tabs) => {
          const { query = '', variables = null, operationName = null } = tabs[activeTabIndex] ?? {};
          onEdit({ query: query ?? '', variables, operationName });
        },
      });
      follow = () => {
        const next = theme();
        const { classList } = frame.document.body;
        classList.remove('graphiql-light', 'graphiql-dark');
        classList.add(`graphiql-${next}`);
        editor.setTheme(`graphiql-${next.toUpperCase()}`);
      };
    },
  };
  return {
    leave() {
      observer.disconnect();
      system.removeEventListener('change', onSystem);
      window.junctionExplore = undefined;
    },
  };

  function theme(): 'light' | 'dark' {
    const { theme: chosen } = document.documentElement.dataset;
    if (chosen === 'light' || chosen === 'dark') return chosen;
    return system.matches ? 'dark' : 'light';
  }
}
