// Instead of prettier's parser and printer of JavaScript, by which GraphiQL lays out variables and headers: the same layout
// by `jsonc-parser`, which GraphiQL reads them with anyway. Comments stay.
import { applyEdits, format } from 'jsonc-parser';

interface Whole {
  text: string;
}

export const parsers = {
  jsonc: {
    astFormat: 'whole',
    parse: (text: string): Whole => ({ text: layOut(text) }),
    locStart: () => 0,
    locEnd: ({ text }: Whole) => text.length,
  },
};

export const printers = { whole: { print: (path: { node: Whole }) => path.node.text } };

function layOut(text: string): string {
  return applyEdits(text, format(text, undefined, { tabSize: 2, insertSpaces: true }));
}
