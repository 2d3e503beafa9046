// GraphiQL as tributary shows it.
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { fetcher, useOperations } from './operations.ts';
import { PLAN_PLUGIN } from './plan.tsx';
import { TIMELINE_PLUGIN } from './timeline.tsx';
import { count, formatMs } from './trace.ts';
import type { Workspace } from './workspace.ts';

const PLUGINS = [{ ...explorerPlugin(), title: 'Explorer' }, TIMELINE_PLUGIN, PLAN_PLUGIN, HISTORY_PLUGIN];

export const Page = ({ workspace }: { workspace: Workspace }) => (
  <GraphiQL
    fetcher={fetcher}
    plugins={PLUGINS}
    storage={workspace.storage}
    defaultTabs={workspace.firstTabs}
    initialQuery={workspace.active.query}
    initialVariables={workspace.active.variables}
    initialHeaders={workspace.active.headers}
    // Whether they are kept, the storage says: "off" until the visitor turns it on.
    shouldPersistHeaders
    inputValueDeprecation
    schemaDescription
  >
    <GraphiQL.Logo>
      <Logo />
    </GraphiQL.Logo>
    <GraphiQL.Footer>
      <LastOperation />
    </GraphiQL.Footer>
  </GraphiQL>
);

const Logo = () => (
  <div className="brand">
    <strong>tributary</strong>
    <small>
      with{' '}
      <a href="https://github.com/graphql/graphiql" target="_blank" rel="noreferrer">
        GraphiQL
      </a>{' '}
      (
      <a href="graphiql/licences.txt" target="_blank">
        licences
      </a>
      )
    </small>
  </div>
);

const LastOperation = () => {
  const { last } = useOperations();
  return (
    <div className="last-operation" role="status">
      {last && `${formatMs(last.elapsedMs)} · ${last.errors === 0 ? 'no errors' : count(last.errors, 'error')}`}
    </div>
  );
};
