// The program under test, with a schema of its own and a service behind it. The service knows the fee of one book and fails
// for the other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BOOKS = [
  { id: '1', title: 'The Waves', author: 'Virginia Woolf' },
  { id: '2', title: 'The Rings of Saturn', author: 'W. G. Sebald' },
];

/** Starts both; `url` is where the page is. */
export async function startServer() {
  const service = createServer(answer).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const schema = fileURLToPath(new URL('schema.graphql', import.meta.url));
  const environment = { LIBRARY_URL: `http://127.0.0.1:${service.address().port}` };
  const { url, stop } = await start(['serve', schema], environment);
  const stopBoth = async () => {
    await stop();
    service.close();
  };
  return { url, stop: stopBoth };
}

/** Starts the demo, which needs nobody else. */
export function startDemo() {
  return start(['demo'], { DATABASE_URL: '' });
}

async function start(command, environment) {
  const program = spawn(process.env.TRIBUTARY_BINARY, [...command, '--listen', '127.0.0.1:0', '--log', 'error'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await pageAddress(program);
  const stop = async () => {
    const ended = once(program, 'exit');
    program.kill('SIGTERM');
    await ended;
  };
  return { url, stop };
}

/** The line that the program says when it serves. */
async function pageAddress(program) {
  for await (const line of createInterface(program.stdout)) {
    const found = /open (http:\S+\/) in a browser/.exec(line);
    if (found) {
      return found[1];
    }
  }
  throw new Error('the program ended before it served');
}

function answer(request, response) {
  if (request.url === '/books') {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(BOOKS));
  } else if (request.url === '/fees/1') {
    response.setHeader('content-type', 'application/json').end('{"amount": "0.50"}');
  } else {
    response.writeHead(503).end();
  }
}
