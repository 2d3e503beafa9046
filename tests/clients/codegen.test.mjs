// graphql-codegen reads the schema from the demo's URL; the program that uses what it writes is compiled and run.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { node, tool } from './processes.mjs';
import { serveDemo } from './program.mjs';

let demo;
before(async () => {
  demo = await serveDemo();
});
after(() => demo?.stop());

it('the generated types compile with a program that uses them, and tell the truth', async () => {
  await tool('graphql-codegen', ['--config', 'codegen/config.mjs'], { TRIBUTARY_URL: demo.url });
  await tool('tsc', ['--project', 'codegen']);
  const { pages, ...told } = JSON.parse(await node('codegen/built/program.js', demo.url));
  assert.deepEqual(told, {
    name: 'Vacuum flask',
    category: 'OUTDOORS',
    days: null,
    quantity: 1,
    status: 'PLACED',
  });
  assert.ok(pages.length > 0 && pages.every((page) => page.startsWith('https://')), String(pages));
});
