import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { defaultConfigFile } from '../../gateway/config-file.ts';
import { buildConsole } from '../../gateway/console/build.ts';
import { type Junction, type JunctionOptions, startJunction } from '../supergraph/junction.ts';

const chromiumPath = '/usr/bin/chromium';

/** Why a test of pages can't run here; false where it can. */
export const noBrowser =
  existsSync(chromiumPath) || process.env.JUNCTION_TEST_REQUIRE_SERVERS === '1' ? false : 'no chromium here';

/** A real browser. */
export interface Windows {
  readonly browser: Browser;
  /** Opens a page in a window of its own, as a demo caller, and waits until nothing loads any more. Faults of the page fail the test. */
  open(url: string, options?: OpenOptions): Promise<Page>;
}

/** The console on the demo company, in a real browser. Pages are opened by their path. */
export interface Console extends Windows {
  readonly junction: Junction;
}

export interface OpenOptions extends BrowserContextOptions {
  /** @default 'agent' */
  readonly as?: string;
  readonly theme?: 'light' | 'dark';
}

/** Starts all of it; it ends with the test. `options` say where Junction is to be another than that of development. */
export async function startConsole(t: TestContext, options: JunctionOptions = {}): Promise<Console> {
  const [{ browser, open }, junction] = await Promise.all([
    startBrowser(t),
    startJunction({ access: defaultConfigFile, console: true, ...options }),
  ]);
  t.after(() => junction.close());
  return { junction, browser, open: (path, options) => open(junction.url + path, options) };
}

/** Builds the console, and starts a browser that ends with the test. */
export async function startBrowser(t: TestContext): Promise<Windows> {
  const [browser] = await Promise.all([
    chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage'],
    }),
    buildConsole(),
  ]);
  t.after(() => browser.close());
  return {
    browser,
    async open(url, { as = 'agent', theme = 'light', ...options } = {}) {
      const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
      await context.addInitScript(
        ([caller, colours]) => {
          localStorage.setItem('junction:caller', caller);
          localStorage.setItem('junction:theme', colours);
        },
        [as, theme] as const,
      );
      const page = await context.newPage();
      page.on('pageerror', (error) => t.assert.fail(`the page threw: ${error.stack ?? error.message}`));
      await page.goto(url, { waitUntil: 'networkidle' });
      return page;
    },
  };
}

/** Stops a page's clock, which was installed before the page was opened: from here on only `clock.runFor` moves it, however slow the machine is. */
export async function stopClock(page: Page): Promise<void> {
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000);
}

/** What axe finds on a page that is serious or critical: rule, and the elements that break it. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const axe = import.meta.resolve('axe-core/axe.min.js').slice('file://'.length);
  const source = await import('node:fs/promises').then(({ readFile }) => readFile(axe, 'utf8'));
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    // What is fading has other colours than what it becomes.
    const fading = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.allSettled(fading.map(({ finished }) => finished));
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}
