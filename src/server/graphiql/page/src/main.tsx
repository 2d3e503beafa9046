// The start: the first tabs are asked for, then GraphiQL is drawn.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/plugin-explorer/style.css';
import 'graphiql/graphiql.css';
import './page.css';
import './timeline.css';
import './plan.css';
import './workers.ts';
import { createRoot } from 'react-dom/client';
import { Page } from './page.tsx';
import { fetchFirstTabs } from './tabs.ts';
import { openWorkspace } from './workspace.ts';

const place = document.getElementById('page');
if (!place) {
  throw new Error('index.html has no place for the page');
}
const root = createRoot(place);
try {
  const workspace = openWorkspace(await fetchFirstTabs());
  root.render(<Page workspace={workspace} />);
} catch (error) {
  console.error(error);
  root.render(<p className="waiting">The server does not answer. Reload this page when it is back.</p>);
}
