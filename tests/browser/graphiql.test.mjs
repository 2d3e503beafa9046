// GraphiQL as a person meets it: from the program alone, with no other host to reach.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startDemo, startServer } from './server.mjs';
import { startBrowser, visit } from './visitor.mjs';

const QUERY = '.graphiql-query-editor';
const RESPONSE = '.graphiql-response';
const TOOL = '.graphiql-editor-tool .graphiql-editor:not(.hidden)';
const PANEL = '.graphiql-plugin';

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('an operation is completed while it is typed, and its data and errors are shown', async () => {
  const visitor = await visit(browser, server.url);
  assert.match(await visitor.page.title(), /tributary/);
  assert.deepEqual(await visitor.tabs(), ['Welcome']);
  await visitor.sees(QUERY, '# Welcome to tributary.');

  await visitor.clear(QUERY);
  await visitor.type('query Shelf { books { ti');
  await visitor.sees('.suggest-widget.visible', 'title');
  await visitor.page.keyboard.press('Enter');
  await visitor.sees(QUERY, 'books { title');
  await visitor.type(' fee { amount ');
  await visitor.run();
  await visitor.sees(RESPONSE, '"title": "The Rings of Saturn"');
  await visitor.sees(RESPONSE, '"amount": "0.50"');
  await visitor.sees(RESPONSE, '"code": "SOURCE_STATUS"');
  await visitor.sees('.last-operation', '1 error');
  await visitor.leave();
});

test('an operation that was renamed a moment ago is run', async () => {
  const visitor = await visit(browser, server.url);
  await visitor.clear(QUERY);
  await visitor.page.keyboard.insertText('query Renamed { __typename }');
  const request = await visitor.run();
  assert.equal(request.postDataJSON().operationName, 'Renamed');
  await visitor.sees(RESPONSE, '"__typename": "Query"');
  await visitor.leave();
});

test('what is wrong with an operation is underlined', async () => {
  const visitor = await visit(browser, server.url);
  await visitor.clear(QUERY);
  await visitor.type('{ boks { title ');
  await visitor.page.waitForSelector(`${QUERY} .squiggly-error`);
  await visitor.leave();
});

test('the schema is explained, and clicking writes an operation', async () => {
  const visitor = await visit(browser, server.url);
  await visitor.press('Show Documentation Explorer');
  await visitor.page.click(`${PANEL} a:text-is("Query")`);
  await visitor.sees(PANEL, 'Every book that can be borrowed.');
  await visitor.page.click(`${PANEL} a:text-is("Book")`);
  await visitor.sees(PANEL, 'What it costs to borrow it for a week.');

  await visitor.press('Show Explorer');
  await visitor.page.click(`${PANEL} .graphiql-explorer-field-view:text-is("books")`);
  await visitor.page.click(`${PANEL} .graphiql-explorer-field-view:text-is("author")`);
  await visitor.sees(QUERY, 'author');
  await visitor.leave();
});

test('tabs, what stands in them and, where that is wanted, headers survive a reload', async () => {
  const visitor = await visit(browser, server.url);
  await visitor.press('Open settings dialog');
  await visitor.page.click('#enable-persist-headers');
  await visitor.page.keyboard.press('Escape');
  await visitor.press('New tab');
  await visitor.clear(QUERY);
  await visitor.type('query Mine { books { id ');
  await visitor.page.click('[data-name="headers"]');
  await visitor.clear(TOOL);
  await visitor.type('{"x-who": "a visitor');
  const request = await visitor.run();
  assert.equal(request.headers()['x-who'], 'a visitor');
  await visitor.sees(RESPONSE, '"id": "2"');

  await visitor.reload('a visitor');
  assert.deepEqual(await visitor.tabs(), ['Welcome', 'Mine']);
  await visitor.sees(QUERY, 'query Mine { books { id ');
  await visitor.page.click('[data-name="headers"]');
  await visitor.sees(TOOL, '"x-who": "a visitor"');
  await visitor.page.click('.graphiql-tab-button:text-is("Welcome")');
  await visitor.sees(QUERY, '# Welcome to tributary.');
  await visitor.leave();
});

test('headers are not written down unless the visitor says so', async () => {
  const visitor = await visit(browser, server.url);
  await visitor.page.click('[data-name="headers"]');
  await visitor.clear(TOOL);
  await visitor.type('{"authorization": "a secret');
  // A tab that is left and opened again knows what stands in it; only then can GraphiQL's history learn it.
  await visitor.press('New tab');
  await visitor.page.click('.graphiql-tab-button:text-is("Welcome")');
  await visitor.page.click(`${QUERY} .view-lines`);
  const request = await visitor.run();
  assert.equal(request.headers()['authorization'], 'a secret');
  // What is changed last is written down last.
  await visitor.clear(QUERY);
  await visitor.type('# The last word.');
  await visitor.reload('The last word');
  await visitor.page.click('[data-name="headers"]');
  assert.equal(await visitor.text(TOOL), '');
  const storage = await visitor.storage();
  assert.match(storage, /query Welcome/, 'the history has what was run');
  assert.doesNotMatch(storage, /secret/);
  await visitor.leave();
});

test('headers that were written down are forgotten when the visitor says so', async () => {
  const visitor = await visit(browser, server.url);
  await visitor.press('Open settings dialog');
  await visitor.page.click('#enable-persist-headers');
  await visitor.page.keyboard.press('Escape');
  await visitor.page.click('[data-name="headers"]');
  await visitor.clear(TOOL);
  await visitor.type('{"authorization": "a secret');
  await visitor.run();
  await visitor.reload('a secret');
  await visitor.press('Open settings dialog');
  await visitor.page.click('#disable-persist-headers');
  await visitor.page.keyboard.press('Escape');
  assert.doesNotMatch(await visitor.storage(), /secret/);
  // What GraphiQL writes a moment later has them neither.
  await visitor.clear(QUERY);
  await visitor.type('# The last word.');
  await visitor.reload('The last word');
  assert.doesNotMatch(await visitor.storage(), /secret/);
  await visitor.leave();
});

test('first tabs come with variables and headers, and another server has its own', async () => {
  const visitor = await visit(browser, server.url);
  await visitor.clear(QUERY);
  await visitor.type('query Mine { books { id ');
  const story = { query: 'query Story { __typename }', variables: '{"a": 1}', headers: '{"x-story": "1"}' };
  const route = '**/graphiql/tabs.json';
  await visitor.page.route(route, answer => answer.fulfill({ json: [story, { query: 'query Second { __typename }' }] }));
  for (const written of ['query Mine', 'query Second']) {
    await visitor.reload(written);
    assert.deepEqual(await visitor.tabs(), ['Story', 'Second']);
    await visitor.page.click('[data-name="variables"]');
    await visitor.sees(TOOL, '{"a": 1}');
    await visitor.page.click(`${QUERY} .view-lines`);
    assert.equal((await visitor.run()).headers()['x-story'], '1');
  }
  await visitor.page.unroute(route);
  await visitor.reload('query Second');
  assert.deepEqual(await visitor.tabs(), ['Mine']);
  await visitor.leave();
});

test('a traced operation is drawn as a timeline', async () => {
  const visitor = await visit(browser, server.url);
  await visitor.clear(QUERY);
  await visitor.type('query Fees { books { fee { amount ');
  await visitor.press('Show Timeline');
  await visitor.sees(PANEL, 'Turn on “Trace operations”');
  await visitor.page.check('role=switch[name="Trace operations"]');
  await visitor.page.click(`${QUERY} .view-lines`);
  await visitor.run();
  await visitor.sees(PANEL, '3 calls to 1 source');
  await visitor.sees(`${PANEL} li.failed`, 'Book.fee');
  await visitor.sees(`${PANEL} li.failed`, '2 keys · 2 calls · 0 hits · 2 attempts · 1 failed');
  const [books, fees] = await visitor.page.$$eval(`${PANEL} .timeline-track b`, bars =>
    bars.map(bar => ({ left: Number.parseFloat(bar.style.left), width: Number.parseFloat(bar.style.width) })),
  );
  // What needs an answer begins when it is there.
  assert.ok(books.width > 0 && fees.width > 0 && fees.left >= books.left + books.width - 1, JSON.stringify([books, fees]));
  await visitor.leave();
});

test('the plan of an operation is shown to developers, and nothing is executed', async () => {
  const visitor = await visit(browser, server.url);
  await visitor.press('Show Plan');
  await visitor.page.click(`${PANEL} button:text-is("Explain")`);
  await visitor.sees(`${PANEL} [role=alert]`, 'plans are told to developers only');
  await visitor.leave();

  const demo = await startDemo();
  try {
    const visitor = await visit(browser, demo.url);
    await visitor.page.click('.graphiql-tab-button:has-text("Catalogue")');
    await visitor.press('Show Plan');
    await visitor.page.fill(`${PANEL} input[type=number]`, '20');
    const asked = visitor.page.waitForRequest(request => request.url().endsWith('/graphql'));
    await visitor.page.click(`${PANEL} button:text-is("Explain")`);
    assert.equal((await asked).headers()['x-tributary-explain'], '20');
    await visitor.sees(`${PANEL} pre`, 'query Catalogue: 23 calls');
    await visitor.sees(`${PANEL} pre`, '└─ products.reviews  reviews (rest) · the call of Product.rating');
    await visitor.page.screenshot({ path: process.env.SCREENSHOT ?? 'plan.png' });
    await visitor.leave();
  } finally {
    await demo.stop();
  }
});

test('the demo opens with its stories, and they run', async () => {
  const demo = await startDemo();
  try {
    const visitor = await visit(browser, demo.url);
    assert.deepEqual(await visitor.tabs(), ['Welcome', 'TooSlow', 'Search', 'Catalogue', 'Order', 'Customers']);
    await visitor.sees(QUERY, '# Welcome to the shop.');
    await visitor.page.click('.graphiql-tab-button:has-text("TooSlow")');
    await visitor.page.click(`${QUERY} .view-lines`);
    await visitor.run();
    await visitor.sees(RESPONSE, '"name": "Vacuum flask"');
    await visitor.sees(RESPONSE, '"shippingQuote": null');
    await visitor.sees('.last-operation', '1 error');
    await visitor.leave();
  } finally {
    await demo.stop();
  }
});

test('the page follows the system into the dark', async () => {
  const visitor = await visit(browser, server.url, { colorScheme: 'dark' });
  await visitor.page.waitForSelector(`${QUERY} .monaco-editor.vs-dark`);
  const background = '.graphiql-container';
  assert.equal(
    await visitor.page.$eval(background, part => getComputedStyle(part).backgroundColor),
    'rgb(33, 42, 59)',
  );
  await visitor.leave();
});

test('operations are laid out, comments and variables with them', async () => {
  const visitor = await visit(browser, server.url);
  await visitor.clear(QUERY);
  await visitor.type('# Mine.\nquery Mine { books { id ');
  await visitor.page.click('[data-name="variables"]');
  await visitor.clear(TOOL);
  await visitor.type('{"a":[1');
  await visitor.page.click('.graphiql-toolbar button:has(svg):nth-of-type(2)');
  await visitor.sees(QUERY, '# Mine.\nquery Mine {\n  books {\n    id\n');
  await visitor.sees(TOOL, '{\n  "a": [\n    1\n  ]\n}');
  await visitor.leave();
});

test('without scripts the page says what it needs', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(server.url);
  assert.match(await page.innerText('body'), /^This page is GraphiQL, and it needs JavaScript\..*\/graphql/);
  await context.close();
});
