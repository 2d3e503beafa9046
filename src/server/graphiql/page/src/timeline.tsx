// The panel that draws the last operation's fetches as bars on one axis of time, source by source.
import { useId } from 'react';
import { type Operation, setTracing, useOperations } from './operations.ts';
import { type FetchTrace, type SourceTrace, count, formatMs, ticks, traceEnd } from './trace.ts';

const Icon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" height="1em">
    <path d="M3 3v18h18" />
    <path d="M7 7h8M10 12h10M7 17h5" strokeWidth="2.5" />
  </svg>
);

const Timeline = () => {
  const { last, tracing } = useOperations();
  return (
    <section className="timeline" aria-label="Timeline">
      <h2 className="timeline-title">Timeline</h2>
      <Switch tracing={tracing} />
      <Content last={last} tracing={tracing} />
    </section>
  );
};

const Switch = ({ tracing }: { tracing: boolean }) => {
  const hint = useId();
  return (
    <div className="timeline-switch">
      <label>
        <input
          type="checkbox"
          role="switch"
          checked={tracing}
          aria-describedby={hint}
          onChange={event => setTracing(event.currentTarget.checked)}
        />
        Trace operations
      </label>
      <p id={hint}>
        Sends <code>x-tributary-trace: 1</code> along; the response then has <code>extensions.sources</code>.
      </p>
    </div>
  );
};

const Content = ({ last, tracing }: { last: Operation | null; tracing: boolean }) => {
  if (last?.trace) {
    return <Drawing operation={last} trace={last.trace} />;
  }
  return <p className="timeline-empty">{advice(last, tracing)}</p>;
};

function advice(last: Operation | null, tracing: boolean): string {
  if (!tracing) {
    return 'Turn on “Trace operations” and run one: each fetch is drawn here, with its start and its end.';
  }
  return last
    ? 'The last response has no trace. Run the operation again; if it still has none, it was refused before anything was fetched.'
    : 'Run an operation: each fetch is drawn here, with its start and its end.';
}

const Drawing = ({ operation, trace }: { operation: Operation; trace: SourceTrace[] }) => {
  const times = ticks(traceEnd(trace));
  const end = times[times.length - 1] ?? 1;
  return (
    <>
      <p className="timeline-sum">{summary(operation, trace)}</p>
      {trace.length > 0 && <Axis times={times} end={end} />}
      {trace.map(source => (
        <Source key={source.source} source={source} times={times} end={end} />
      ))}
    </>
  );
};

function summary(operation: Operation, trace: SourceTrace[]): string {
  const name = operation.name ? `${operation.name}: ` : '';
  if (trace.length === 0) {
    return `${name}${formatMs(operation.elapsedMs)}, and nothing was fetched.`;
  }
  const calls = trace.reduce((sum, source) => sum + source.calls, 0);
  return `${name}${formatMs(operation.elapsedMs)} in all, ${count(calls, 'call')} to ${count(trace.length, 'source')}.`;
}

const Axis = ({ times, end }: { times: number[]; end: number }) => (
  <div className="timeline-axis" aria-hidden="true">
    {times.map((time, index) => (
      <span key={time} style={{ left: share(time, end) }}>
        {index === 0 ? formatMs(0) : Number(time.toPrecision(3))}
      </span>
    ))}
  </div>
);

const Source = ({ source, times, end }: { source: SourceTrace; times: number[]; end: number }) => (
  <section className="timeline-source" aria-label={source.source}>
    <h3>
      {source.source} <small>{source.kind}</small>
      <span>{amounts(source)}</span>
    </h3>
    <ol>
      {source.fetches.map((fetch, index) => (
        <Fetch key={index} fetch={fetch} times={times} end={end} />
      ))}
    </ol>
  </section>
);

const Fetch = ({ fetch, times, end }: { fetch: FetchTrace; times: number[]; end: number }) => (
  <li className={fetch.failures > 0 ? 'failed' : ''}>
    <div className="timeline-name">
      <code>{nameOf(fetch)}</code>
      <span>{formatMs(fetch.endMs - fetch.startMs)}</span>
    </div>
    <div className="timeline-track" aria-hidden="true">
      {times.slice(1, -1).map(time => (
        <i key={time} style={{ left: share(time, end) }} />
      ))}
      <b style={{ left: share(fetch.startMs, end), width: share(fetch.endMs - fetch.startMs, end) }} />
    </div>
    <p>
      {`at ${formatMs(fetch.startMs)} · ${count(fetch.keys, 'key')} · ${amounts(fetch)} · ${count(fetch.attempts, 'attempt')}`}
      {fetch.failures > 0 && <strong> · {fetch.failures}&nbsp;failed</strong>}
    </p>
  </li>
);

function nameOf({ coordinate, binding }: FetchTrace): string {
  return `${coordinate ?? '(internal)'}${binding ? ` #${binding}` : ''}`;
}

function amounts({ calls, hits }: { calls: number; hits: number }): string {
  return `${count(calls, 'call')} · ${count(hits, 'hit')}`;
}

function share(part: number, whole: number): string {
  return `${(100 * part) / whole}%`;
}

export const TIMELINE_PLUGIN = { title: 'Timeline', icon: Icon, content: Timeline };
