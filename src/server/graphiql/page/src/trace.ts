// `extensions.sources` of a response: what each source did for it, and when.

/** One source, with the fetches that went to it. Times are milliseconds. */
export interface SourceTrace {
  source: string;
  kind: string;
  calls: number;
  failures: number;
  hits: number;
  timeMs: number;
  fetches: FetchTrace[];
}

/** One fetch, from the start of the operation. */
export interface FetchTrace {
  /** null for a field that clients do not see */
  coordinate: string | null;
  /** which of the field's bindings it is, where it has several */
  binding?: number;
  startMs: number;
  endMs: number;
  keys: number;
  calls: number;
  hits: number;
  attempts: number;
  failures: number;
}

/** The trace in a response's extensions; null where there is none. */
export function readTrace(extensions: Record<string, unknown> | undefined): SourceTrace[] | null {
  const sources = extensions?.['sources'];
  if (!Array.isArray(sources)) {
    return null;
  }
  return sources.filter((source): source is SourceTrace => Array.isArray(source?.fetches));
}

/** The end of the last fetch. */
export function traceEnd(sources: SourceTrace[]): number {
  return Math.max(0, ...sources.flatMap(source => source.fetches.map(fetch => fetch.endMs)));
}

/** Round times from 0 to `end`, at most five of them; the axis ends at the last one. */
export function ticks(end: number): number[] {
  const least = Math.max(end, 0.1) / 4;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= least) ?? 10);
  const count = Math.ceil(Math.max(end, 0.1) / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** `312`, `31.2`, `0.41`: three digits, which is what can be compared at a glance. */
export function formatMs(ms: number): string {
  const digits = ms >= 99.95 ? 0 : ms >= 9.995 ? 1 : 2;
  return `${Number(ms.toFixed(digits))} ms`;
}

/** `1 call`, `2 calls`, in one piece. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number}\u00a0${number === 1 ? one : many}`;
}
