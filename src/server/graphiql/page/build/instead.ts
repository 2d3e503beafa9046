// Modules that are left out of the build, each with what is bundled instead of it, so that the page stays small and asks
// no other host for anything. One that is no longer asked for ends the build: then this list is out of date.
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const INSTEAD: Record<string, string> = {
  // GraphiQL's preview of the picture behind an address asks the address's host for it.
  '/image-preview.js': ours('image-preview.ts'),
  // Monaco's every feature: half of them are for programs, not for operations.
  'edcore.main.js': ours('monaco.ts'),
  // Half a megabyte of JavaScript's grammar, to lay out JSON.
  'prettier/plugins/estree': ours('prettier-json.ts'),
  'prettier/parser-babel': ours('prettier-json.ts'),
  // The old name of a plugin that is bundled by its new one.
  'prettier/parser-graphql': 'prettier/plugins/graphql',
};

function ours(file: string): string {
  return fileURLToPath(new URL(`../src/instead/${file}`, import.meta.url));
}

export class Instead {
  private readonly missing = new Set(Object.keys(INSTEAD));

  resolve(): Plugin {
    const { missing } = this;
    return {
      name: 'instead',
      enforce: 'pre',
      resolveId(source, importer, options) {
        const left = Object.keys(INSTEAD).find(end => source.endsWith(end));
        if (!left || !importer) {
          return null;
        }
        missing.delete(left);
        return this.resolve(INSTEAD[left] ?? source, importer, { ...options, skipSelf: true });
      },
    };
  }

  check(): Plugin {
    const { missing } = this;
    return {
      name: 'instead-check',
      buildEnd(error) {
        if (!error && missing.size > 0) {
          this.error(`nothing asks for ${[...missing].join(', ')} any more; look at build/instead.ts`);
        }
      },
    };
  }
}
