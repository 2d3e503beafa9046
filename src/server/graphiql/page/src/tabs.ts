// The first tabs, as the server has them.

/** A tab as GraphiQL takes it: three texts, the last two JSON. */
export interface FirstTab {
  query: string;
  variables?: string;
  headers?: string;
}

export interface FirstTabs {
  tabs: FirstTab[];
  /** Changes with the tabs: what a visitor made of one server's stories is not shown by another one on the same port. */
  workspace: string;
}

export async function fetchFirstTabs(): Promise<FirstTabs> {
  const response = await fetch(new URL('graphiql/tabs.json', document.baseURI));
  if (!response.ok) {
    throw new Error(`the server answered ${response.status}`);
  }
  const text = await response.text();
  return { tabs: JSON.parse(text), workspace: hash(text) };
}

/** FNV-1a of the text's UTF-16 units, 32 bits: names a place, keeps no secret. */
function hash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
