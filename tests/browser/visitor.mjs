// A person at the page: what they see and do. Whatever goes wrong on the way is remembered: requests to another host,
// violations of the page's policy, errors in the console.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

/** Longest wait for something to appear, in milliseconds. */
const PATIENCE = 20_000;

/** Chromium without a window, without anything that it would like to ask the world, and unable to reach it. */
export function startBrowser() {
  const alone = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ];
  // Chromium's own sandbox refuses to run as root.
  const args = process.getuid?.() === 0 ? [...alone, '--no-sandbox'] : alone;
  return chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args });
}

/** A visitor with a browser profile of their own, who opens the page. */
export async function visit(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 860 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const visitor = new Visitor(await context.newPage(), url);
  await visitor.open();
  return visitor;
}

class Visitor {
  constructor(page, url) {
    this.page = page;
    this.url = url;
    this.wrong = [];
    page.on('request', request => this.noteRequest(request));
    page.on('console', message => message.type() === 'error' && this.wrong.push(`console: ${message.text()}`));
    page.on('pageerror', error => this.wrong.push(`not caught: ${error}`));
  }

  noteRequest(request) {
    if (new URL(request.url()).origin !== new URL(this.url).origin) {
      this.wrong.push(`request to ${request.url()}`);
    }
  }

  async open() {
    await this.page.goto(this.url);
    await this.isReady();
  }

  /** Reloads the page as soon as this text of a tab is written down; GraphiQL takes half a second for it. */
  async reload(written) {
    await this.page.waitForFunction(text => Object.values(localStorage).some(value => value.includes(text)), written);
    await this.page.reload();
    await this.isReady();
  }

  /** Editors are there, and the schema is known: the button that asks for it again can be pressed. */
  async isReady() {
    await this.page.waitForSelector('.graphiql-query-editor .view-line');
    await this.page.waitForSelector('[aria-label^="Re-fetch GraphQL schema"]:not([disabled])');
  }

  /** Ends the visit; nothing may have gone wrong in it. */
  async leave() {
    await this.page.context().close();
    assert.deepEqual(this.wrong, []);
  }

  press(label) {
    return this.page.click(`[aria-label="${label}"]`);
  }

  /** Puts the cursor into an emptied editor. */
  async clear(editor) {
    await this.page.click(`${editor} .view-lines`);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Delete');
  }

  type(text) {
    return this.page.keyboard.type(text, { delay: 15 });
  }

  /** The text of a part of the page; of an editor its lines from the top, which stand in any order there. */
  text(part) {
    return this.page.locator(part).first().evaluate(shown => {
      const top = line => line.getBoundingClientRect().top;
      const lines = [...shown.querySelectorAll('.view-line')].sort((a, b) => top(a) - top(b));
      const text = lines.length > 0 ? lines.map(line => line.textContent).join('\n') : shown.innerText;
      return text.replaceAll('\u00a0', ' ');
    });
  }

  /** Waits until an editor, or any other part of the page, shows this. */
  async sees(part, text) {
    const end = Date.now() + PATIENCE;
    while (!(await this.text(part)).includes(text)) {
      assert.ok(Date.now() < end, `"${text}" does not appear in ${part}, which shows:\n${await this.text(part)}`);
      await this.page.waitForTimeout(50);
    }
  }

  /** Runs what stands in the editor; gives the request that it was. */
  async run() {
    const [request] = await Promise.all([
      this.page.waitForRequest(request => request.url().endsWith('/graphql')),
      this.page.keyboard.press('Control+Enter'),
    ]);
    return request;
  }

  tabs() {
    return this.page.$$eval('.graphiql-tab-button', tabs => tabs.map(tab => tab.textContent));
  }

  storage() {
    return this.page.evaluate(() => JSON.stringify(window.localStorage));
  }
}
