// The program: started on a free port for one schema, asked over HTTP.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { json } from './spelling.mjs';
import { topLevelText } from './json_text.mjs';

const LONGEST_WAIT = 60_000;

/** Why a request was refused, by the code of its errors; any other is one of the request as a whole. */
const KINDS = { GRAPHQL_PARSE_FAILED: 'syntax', GRAPHQL_VALIDATION_FAILED: 'validation' };

export class Tributary {
  #process;
  #address;
  #folder;
  #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  /** Starts it; throws what it says where it does not take the schema. */
  static async start(binary, schema) {
    const tributary = new Tributary();
    tributary.#folder = await mkdtemp(join(tmpdir(), 'tributary-differential-'));
    const file = join(tributary.#folder, 'schema.graphql');
    await writeFile(file, schema);
    const child = spawn(binary, ['serve', file, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
    tributary.#process = child;
    let told = '';
    child.stderr.on('data', (text) => (told += text));
    const line = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'close').then(() => [''])]);
    tributary.#address = /http:\/\/[^/ ]+/.exec(line[0])?.[0];
    if (tributary.#address !== undefined) return tributary;
    await tributary.stop();
    throw new Error(told);
  }

  /** Asks an operation: why it is `refused`, or the text of `data` and the paths of the errors. */
  async ask({ query, variables, operationName }) {
    const body = json({ query, ...(variables && { variables }), ...(operationName != null && { operationName }) });
    const text = await this.#post(body);
    const data = topLevelText(text, 'data');
    const errors = JSON.parse(text).errors ?? [];
    const refused = data === undefined ? (KINDS[errors[0]?.extensions.code] ?? 'request') : undefined;
    return { refused, data, paths: errors.map((error) => JSON.stringify(error.path ?? null)), errors };
  }

  async stop() {
    this.#agent.destroy();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'close');
    }
    await rm(this.#folder, { recursive: true });
  }

  #post(body) {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const asked = request(`${this.#address}/graphql`, { method: 'POST', headers, agent: this.#agent, timeout: LONGEST_WAIT }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part)).on('error', reject);
        response.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
      });
      asked.on('timeout', () => asked.destroy(new Error('tributary gave no answer in time'))).on('error', reject);
      asked.end(body);
    });
  }
}
