// Where GraphiQL keeps what must survive a reload. Tabs and history belong to a workspace, that is to the first tabs of one
// server; settings and the sizes of panes to all.
import type { Storage as GraphiqlStorage } from '@graphiql/toolkit';

const PREFIX = 'tributary:';
const OF_A_WORKSPACE = new Set(['tabState', 'queries', 'favorites']);
// Copies of what stands in the active tab. They would only compete with it.
const NOT_KEPT = new Set(['query', 'variables', 'headers']);

/** The browser's storage, or one that lasts as long as the page where the browser refuses it. */
function open(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> & { keys(): string[] } {
  try {
    const storage = window.localStorage;
    return {
      getItem: key => storage.getItem(key),
      setItem: (key, value) => storage.setItem(key, value),
      removeItem: key => storage.removeItem(key),
      keys: () => Object.keys(storage),
    };
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: key => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: key => void kept.delete(key),
      keys: () => [...kept.keys()],
    };
  }
}

export const local = open();

/** GraphiQL's storage for a workspace. It asks by `graphiql:name`. */
export function storageFor(workspace: string): GraphiqlStorage {
  const place = (key: string) => {
    const name = key.replace(/^graphiql:/, '');
    return OF_A_WORKSPACE.has(name) ? `${PREFIX}${workspace}:${name}` : `${PREFIX}${name}`;
  };
  const isKept = (key: string) => !NOT_KEPT.has(key.replace(/^graphiql:/, ''));
  const ours = () => local.keys().filter(key => key.startsWith(PREFIX));
  return {
    get length() {
      return ours().length;
    },
    getItem: key => local.getItem(place(key)) ?? (key === 'graphiql:shouldPersistHeaders' ? 'false' : null),
    setItem: (key, value) => {
      if (isKept(key)) {
        local.setItem(place(key), value);
      }
    },
    removeItem: key => local.removeItem(place(key)),
    clear: () => ours().forEach(key => local.removeItem(key)),
  };
}
