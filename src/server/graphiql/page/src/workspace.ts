// What the page begins with: the tabs that the visitor left, or the server's first ones.
//
// Headers often hold secrets, so they are kept only when the visitor has turned "Persist headers" on in the settings. Those of
// a first tab are none, and come from the server again.
import { restoreTabs, storageFor } from './storage.ts';
import type { FirstTab, FirstTabs } from './tabs.ts';

const TAB_STATE = 'graphiql:tabState';

interface Tab {
  id: string;
  query: string | null;
  variables: string | null;
  headers: string | null;
}

interface TabState {
  activeTabIndex: number;
  tabs: Tab[];
}

export interface Workspace {
  storage: ReturnType<typeof storageFor>;
  firstTabs: FirstTab[];
  /** What stands in the editors at the start. */
  active: { query?: string; variables?: string; headers?: string };
}

export function openWorkspace({ tabs: firstTabs, workspace }: FirstTabs): Workspace {
  const storage = storageFor(workspace);
  const state = readTabs(storage.getItem(TAB_STATE));
  if (!state) {
    return { storage, firstTabs, active: { ...firstTabs[0] } };
  }
  for (const tab of state.tabs) {
    tab.headers ??= firstTabs.find(first => first.query === tab.query)?.headers ?? null;
  }
  restoreTabs(workspace, JSON.stringify(state));
  const { query, variables, headers } = state.tabs[state.activeTabIndex] ?? { query: '', variables: '', headers: '' };
  return { storage, firstTabs, active: { query: query ?? '', variables: variables ?? '', headers: headers ?? '' } };
}

function readTabs(text: string | null): TabState | null {
  const state = readJson(text) as Partial<TabState> | null;
  return Array.isArray(state?.tabs) && state.tabs.length > 0 && typeof state.activeTabIndex === 'number'
    ? (state as TabState)
    : null;
}

function readJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
