// The program under test: what it prints, and what it serves on a free port.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

// Both from tests/clients.sh.
const { TRIBUTARY_BINARY: BINARY, DEMO_SCHEMA, DATABASE_URL, ...ENVIRONMENT } = process.env;

/** The path of a schema: the demo's, or one of this folder's. */
export const SCHEMAS = {
  demo: DEMO_SCHEMA,
  everyKind: fileURLToPath(new URL('schemas/every-kind.graphql', import.meta.url)),
  unusual: fileURLToPath(new URL('schemas/unusual.graphql', import.meta.url)),
};

/** The schema that clients see, as `tributary sdl` prints it. */
export function sdl(schema) {
  return run('sdl', schema);
}

/** What a command prints. */
export function run(...command) {
  return execFileSync(BINARY, command, { encoding: 'utf8', env: ENVIRONMENT });
}

/** Serves a schema: its URL, and what ends it. */
export function serve(schema) {
  return start(['serve', schema]);
}

/** Serves the demo, which needs nobody else. Each test that writes has one of its own. */
export function serveDemo() {
  return start(['demo']);
}

async function start(command) {
  const child = spawn(BINARY, [...command, '--listen', '127.0.0.1:0', '--log', 'error'], {
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url: await address(child), stop };
}

/** The line that the program says when it serves. */
async function address(child) {
  for await (const line of createInterface(child.stdout)) {
    const found = /serves (http:\S+\/graphql);/.exec(line);
    if (found) {
      return found[1];
    }
  }
  throw new Error('the program ended before it served');
}

/** Asks without any client in between: the response as JSON. */
export async function ask(url, query, variables) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}
