// Puts the built page where the program embeds it, or tells where the two differ:
//
//   node build/pack.mjs check FOLDER     FOLDER is src/server/graphiql
//   node build/pack.mjs write FOLDER
//
// Each file is compressed on its own. What is compared is what unfolds from them: two versions of zlib may pack the same
// text differently.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const CONTENT_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
};

const [mode, folder] = process.argv.slice(2);
if ((mode !== 'check' && mode !== 'write') || !folder) {
  throw new Error('node build/pack.mjs check|write FOLDER');
}

const built = readBuilt();
const place = join(folder, 'built');
const table = join(folder, 'built.rs');
const differences = compare();
if (mode === 'write') {
  write();
} else {
  differences.forEach(difference => console.error(difference));
}
console.log(sizes());
process.exitCode = mode === 'check' && differences.length > 0 ? 1 : 0;

/** Every file of the build by its name: the page, and what stands in the one folder beside it. */
function readBuilt() {
  const names = ['index.html', ...readdirSync('dist/graphiql').sort()];
  return new Map(names.map(name => [name, readFileSync(name === 'index.html' ? 'dist/index.html' : `dist/graphiql/${name}`)]));
}

function compare() {
  const committed = new Set(existsSync(place) ? readdirSync(place) : []);
  const found = [...built].flatMap(([name, bytes]) => {
    if (!committed.delete(`${name}.gz`)) {
      return [`built/${name}.gz is missing`];
    }
    return gunzipSync(readFileSync(join(place, `${name}.gz`))).equals(bytes) ? [] : [`built/${name}.gz holds something else`];
  });
  found.push(...[...committed].map(name => `built/${name} is no longer built`));
  if (!existsSync(table) || readFileSync(table, 'utf8') !== tableText()) {
    found.push('built.rs differs');
  }
  return found;
}

function write() {
  mkdirSync(place, { recursive: true });
  for (const name of readdirSync(place).filter(name => !built.has(name.replace(/\.gz$/, '')))) {
    rmSync(join(place, name));
  }
  for (const [name, bytes] of built) {
    const file = join(place, `${name}.gz`);
    if (!existsSync(file) || !gunzipSync(readFileSync(file)).equals(bytes)) {
      writeFileSync(file, gzipSync(bytes, { level: 9 }));
    }
  }
  writeFileSync(table, tableText());
}

function tableText() {
  const [page, ...assets] = [...built.keys()];
  const lines = assets.map(name => `    ${asset(name)},\n`);
  return `//! The files of the built page. \`tests/graphiql.sh --write\` writes this file and what it embeds; it is not edited.

use super::asset::{Asset, Keeping};

/// The page itself.
#[rustfmt::skip]
pub(super) static PAGE: Asset =
    ${asset(page)};

/// Everything that it loads, each below \`/graphiql/\`.
#[rustfmt::skip]
pub(super) static ASSETS: [Asset; ${assets.length}] = [
${lines.join('')}];
`;
}

function asset(name) {
  const contentType = CONTENT_TYPES[extname(name)];
  if (!contentType) {
    throw new Error(`which content type has ${name}?`);
  }
  return `Asset { name: "${name}", content_type: "${contentType}", keeping: ${keeping(name)}, gzip: include_bytes!("built/${name}.gz") }`;
}

/** A name with a hash of the content stands for ever; what is found by a fixed name is asked for again. */
function keeping(name) {
  if (/-[\w-]{8}\.\w+$/.test(name)) {
    return 'Keeping::ForEver';
  }
  return `Keeping::WhileUnchanged("W/\\"${createHash('sha256').update(built.get(name)).digest('hex').slice(0, 16)}\\"")`;
}

function sizes() {
  const sum = lengths => Math.round(lengths.reduce((a, b) => a + b, 0) / 1024);
  const files = [...built.values()];
  const packed = files.map(bytes => gzipSync(bytes, { level: 9 }).length);
  return `${files.length} files, ${sum(files.map(bytes => bytes.length))} KiB, ${sum(packed)} KiB compressed`;
}
