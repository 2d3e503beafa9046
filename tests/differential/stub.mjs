// The REST service behind `@rest`: it serves the constants of each schema under an address of its own.

import { createServer } from 'node:http';
import { once } from 'node:events';

import { json } from './spelling.mjs';

export class Stub {
  #server;
  #bodies = new Map();
  #served = 0;

  static async start() {
    const stub = new Stub();
    stub.#server = createServer((request, response) => stub.#answer(request, response)).listen(0, '127.0.0.1');
    stub.#server.keepAliveTimeout = 60_000;
    await once(stub.#server, 'listening');
    return stub;
  }

  /** Serves constants; gives the address, and what ends it. */
  serve(constants) {
    const place = String((this.#served += 1));
    this.#bodies.set(place, constants);
    return { address: `http://127.0.0.1:${this.#server.address().port}/${place}`, end: () => this.#bodies.delete(place) };
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request, response) {
    const [, place, coordinate] = request.url.split('/');
    const binding = this.#bodies.get(place)?.[coordinate];
    response.writeHead(binding === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(binding === undefined ? '' : json(binding.constant));
  }
}
