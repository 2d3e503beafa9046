// The licences of what is bundled: of each package from which a module was read, its name, version, licence and the text
// that it comes with. A package that names no licence ends the build.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const FILE = 'graphiql/licences.txt';
const RULE = '-'.repeat(100);
const HEADING = `The page at / of tributary is built from these packages. Each is used under its own licence, as it is printed here.
tributary itself is under the MIT or the Apache-2.0 licence.
`;

interface Package {
  name: string;
  version: string;
  licence: string;
  text: string;
}

export class Licences {
  private readonly folders = new Set<string>();

  /** Remembers the package of each module that is read; also for the workers, which are builds of their own. */
  collect(): Plugin {
    return {
      name: 'licences-collect',
      load: id => {
        const folder = packageFolder(id);
        if (folder) {
          this.folders.add(folder);
        }
        return null;
      },
    };
  }

  /** Writes them beside the page. */
  write(): Plugin {
    const { folders } = this;
    return {
      name: 'licences-write',
      generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: string }): string }) {
        this.emitFile({ type: 'asset', fileName: FILE, source: text([...folders]) });
      },
    };
  }
}

function text(folders: string[]): string {
  const entries = new Map(folders.map(readPackage).map(one => [`${one.name} ${one.version}`, one]));
  const sorted = [...entries.keys()].sort().flatMap(key => entries.get(key) ?? []);
  return HEADING + sorted.map(one => `\n${RULE}\n${one.name} ${one.version} (${one.licence})\n\n${one.text}\n`).join('');
}

function readPackage(folder: string): Package {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') {
    throw new Error(`${name} ${version} does not say under which licence it is`);
  }
  return { name, version, licence: license, text: licenceText(folder, license) };
}

/** The texts that come with a package, its notices among them. */
function licenceText(folder: string, licence: string): string {
  const files = readdirSync(folder).filter(file => /^(licen[cs]e|copying|notice|thirdpartynotices)/i.test(file)).sort();
  const texts = files.map(file => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return texts.join('\n\n') || `The package comes without a text; it says that it is under ${licence}.`;
}

/** The innermost package that a module is in; nothing for our own sources. */
function packageFolder(id: string): string | null {
  const path = (id.split('?')[0] ?? '').replace(/^\0/, '');
  const start = path.lastIndexOf('/node_modules/');
  if (start < 0) {
    return null;
  }
  const inside = path.slice(start + '/node_modules/'.length).split('/');
  const length = inside[0]?.startsWith('@') ? 2 : 1;
  return `${path.slice(0, start)}/node_modules/${inside.slice(0, length).join('/')}`;
}
