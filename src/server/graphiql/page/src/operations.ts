// How operations are sent, and what is known of the last one.
import { type ExecutionResult, Kind, parse } from 'graphql';
import type { FetcherOpts, FetcherParams, Observable } from '@graphiql/toolkit';
import { parse as parseJsonc } from 'jsonc-parser';
import { useSyncExternalStore } from 'react';
import { local } from './storage.ts';
import { type SourceTrace, readTrace } from './trace.ts';

/** An operation that was answered. */
export interface Operation {
  name: string | null;
  /** From the first byte sent to the last one received, as the browser sees it. */
  elapsedMs: number;
  errors: number;
  /** Null where the response has no trace. */
  trace: SourceTrace[] | null;
}

interface State {
  tracing: boolean;
  last: Operation | null;
}

const TRACING = 'tributary:trace';
const INTROSPECTION = 'IntrospectionQuery';

let state: State = { tracing: local.getItem(TRACING) === 'true', last: null };
const listeners = new Set<() => void>();

export function useOperations(): State {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** From now on operations ask for a trace, or no longer do. */
export function setTracing(tracing: boolean) {
  change({ tracing });
  local.setItem(TRACING, String(tracing));
}

function change(part: Partial<State>) {
  state = { ...state, ...part };
  listeners.forEach(listener => listener());
}

/** Sends one operation. It is given as an observable, so that GraphiQL's stop button cancels it for real. */
export function fetcher(params: FetcherParams, options?: FetcherOpts): Observable<ExecutionResult> {
  return {
    subscribe(observer) {
      const { next, error, complete } = observer as Extract<typeof observer, { next: unknown }>;
      const controller = new AbortController();
      send(params, options?.headers ?? {}, controller.signal).then(
        result => {
          next(result);
          complete();
        },
        (failure: unknown) => {
          if (!controller.signal.aborted) {
            error(failure);
          }
        },
      );
      return { unsubscribe: () => controller.abort() };
    },
  };
}

async function send(
  params: FetcherParams,
  written: Record<string, unknown>,
  signal: AbortSignal,
): Promise<ExecutionResult> {
  const operationName = nameIn(params.query, params.operationName);
  const isIntrospection = operationName === INTROSPECTION;
  const headers = plainHeaders();
  if (state.tracing && !isIntrospection) {
    headers.set('x-tributary-trace', '1');
  }
  Object.entries(written).forEach(([name, value]) => headers.set(name, String(value)));
  const start = performance.now();
  const result = await post({ ...params, operationName }, headers, signal);
  if (!isIntrospection) {
    change({ last: describe(operationName, result, performance.now() - start) });
  }
  return result;
}

/** What the server says that an operation would fetch; variables and headers as they stand in the editors. */
export async function explain(
  { query, variables, operationName }: { query: string; variables: string; operationName: string | undefined },
  written: string,
  items: number,
): Promise<ExecutionResult> {
  const headers = plainHeaders();
  Object.entries(readObject(written)).forEach(([name, value]) => headers.set(name, String(value)));
  headers.set('x-tributary-explain', String(items));
  const name = nameIn(query, operationName);
  return post({ query, variables: readObject(variables), operationName: name }, headers);
}

/** As plain JSON a refused operation comes with 200: it is an answer like any other here, no failure to load something. */
function plainHeaders(): Headers {
  return new Headers({ accept: 'application/json', 'content-type': 'application/json' });
}

async function post(body: object, headers: Headers, signal?: AbortSignal): Promise<ExecutionResult> {
  const url = new URL('graphql', document.baseURI);
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: signal ?? null });
  return read(await response.text(), response);
}

/** An object as a person writes it in an editor, with comments; nothing written is an empty one. */
function readObject(text: string): Record<string, unknown> {
  const value: unknown = parseJsonc(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The operation to run. GraphiQL learns a moment late how an operation was renamed; a document of one leaves no doubt. */
function nameIn(query: string, operationName: string | null | undefined): string | null {
  try {
    const operations = parse(query).definitions.filter(part => part.kind === Kind.OPERATION_DEFINITION);
    const [first, second] = operations.map(operation => operation.name?.value ?? null);
    return first !== undefined && second === undefined ? first : (operationName ?? null);
  } catch {
    return operationName ?? null;
  }
}

function read(text: string, response: Response): ExecutionResult {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The answer is not JSON: HTTP ${response.status} ${response.statusText}`.trimEnd());
  }
}

function describe(name: string | null, result: ExecutionResult, elapsedMs: number): Operation {
  return { name, elapsedMs, errors: result.errors?.length ?? 0, trace: readTrace(result.extensions) };
}
