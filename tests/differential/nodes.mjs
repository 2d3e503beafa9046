// The nodes of a parsed document, as the lists that hold them.

import { visit } from 'graphql';

/** Every list of nodes in a document: its owner, the key under which the owner holds it, and the list. */
export function nodeLists(document) {
  const lists = [];
  visit(document, {
    enter(node) {
      for (const [key, list] of Object.entries(node)) {
        if (Array.isArray(list) && list.every((item) => typeof item?.kind === 'string')) lists.push({ node, key, list });
      }
    },
  });
  return lists;
}
