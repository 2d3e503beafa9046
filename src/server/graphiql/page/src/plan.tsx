// The panel that shows what the operation in the editor would fetch, before it is run: the server's own words.
import { useGraphiQL } from '@graphiql/react';
import { useState } from 'react';
import { explain } from './operations.ts';

const Icon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" height="1em">
    <path d="M5 4v13a3 3 0 0 0 3 3h3M5 9h6" />
    <path d="M14 9h6M14 20h6" strokeWidth="2.5" />
  </svg>
);

const ITEMS = 100;

const Plan = () => {
  const queryEditor = useGraphiQL(state => state.queryEditor);
  const variableEditor = useGraphiQL(state => state.variableEditor);
  const headerEditor = useGraphiQL(state => state.headerEditor);
  const operationName = useGraphiQL(state => state.operationName);
  const [items, setItems] = useState(ITEMS);
  const [told, setTold] = useState<Told | null>(null);
  const ask = async () => {
    const params = { query: queryEditor?.getValue() ?? '', variables: variableEditor?.getValue() ?? '', operationName };
    setTold(await tell(params, headerEditor?.getValue() ?? '', items));
  };
  return (
    <section className="plan" aria-label="Plan">
      <h2 className="timeline-title">Plan</h2>
      <p>What the operation in the editor would fetch. Nothing is executed.</p>
      <div className="plan-ask">
        <button type="button" className="graphiql-button" onClick={() => void ask()}>
          Explain
        </button>
        <label>
          with{' '}
          <input
            type="number"
            min={1}
            value={items}
            onChange={event => setItems(Math.max(1, Math.trunc(event.currentTarget.valueAsNumber) || 1))}
          />{' '}
          items in each list
        </label>
      </div>
      {told && (told.failed ? <p role="alert">{told.text}</p> : <pre tabIndex={0}>{told.text}</pre>)}
    </section>
  );
};

interface Told {
  text: string;
  failed: boolean;
}

async function tell(
  params: { query: string; variables: string; operationName: string | undefined },
  headers: string,
  items: number,
): Promise<Told> {
  try {
    const result = await explain(params, headers, items);
    const plan = result.extensions?.['plan'] as { text?: string } | undefined;
    if (plan?.text !== undefined) {
      return { text: plan.text, failed: false };
    }
    const messages = result.errors?.map(error => error.message) ?? ['The response has no plan.'];
    return { text: messages.join('\n'), failed: true };
  } catch (failure) {
    return { text: failure instanceof Error ? failure.message : String(failure), failed: true };
  }
}

export const PLAN_PLUGIN = { title: 'Plan', icon: Icon, content: Plan };
