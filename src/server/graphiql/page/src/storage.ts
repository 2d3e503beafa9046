// Where GraphiQL keeps what must survive a reload. Tabs and history belong to a workspace, that is to the first tabs of one
// server; settings and the sizes of panes to all.
import type { Storage as GraphiqlStorage } from '@graphiql/toolkit';

const PREFIX = 'tributary:';
const OF_A_WORKSPACE = new Set(['tabState', 'queries', 'favorites']);
// Copies of what stands in the active tab. They would only compete with it.
const NOT_KEPT = new Set(['query', 'variables', 'headers']);

// The setting that says whether headers may be written down.
const PERSIST_HEADERS = 'shouldPersistHeaders';

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
  const place = (name: string) => (OF_A_WORKSPACE.has(name) ? `${PREFIX}${workspace}:${name}` : `${PREFIX}${name}`);
  return {
    get length() {
      return ours().length;
    },
    getItem: key => local.getItem(place(nameOf(key))) ?? (nameOf(key) === PERSIST_HEADERS ? 'false' : null),
    setItem: (key, value) => {
      const name = nameOf(key);
      if (!NOT_KEPT.has(name)) {
        local.setItem(place(name), OF_A_WORKSPACE.has(name) && !keepsHeaders() ? withoutHeaders(value) : value);
      }
      if (name === PERSIST_HEADERS && !keepsHeaders()) {
        forgetHeaders();
      }
    },
    removeItem: key => local.removeItem(place(nameOf(key))),
    clear: () => ours().forEach(key => local.removeItem(key)),
  };
}

function nameOf(key: string): string {
  return key.replace(/^graphiql:/, '');
}

function ours(): string[] {
  return local.keys().filter(key => key.startsWith(PREFIX));
}

function keepsHeaders(): boolean {
  return local.getItem(PREFIX + PERSIST_HEADERS) === 'true';
}

/** Writes down the tabs that GraphiQL is to begin with, headers and all; what it writes itself comes after. */
export function restoreTabs(workspace: string, state: string) {
  local.setItem(`${PREFIX}${workspace}:tabState`, state);
}

/** Takes the headers out of everything that is written down, of every workspace. */
function forgetHeaders() {
  for (const key of ours().filter(key => OF_A_WORKSPACE.has(key.split(':')[2] ?? ''))) {
    local.setItem(key, withoutHeaders(local.getItem(key) ?? 'null'));
  }
}

/**
 * Tabs or history with no headers. GraphiQL leaves them in its history, and in what it writes a moment after the setting has
 * changed.
 */
function withoutHeaders(json: string): string {
  return JSON.stringify(JSON.parse(json, (key, value: unknown) => (key === 'headers' ? null : value)));
}
