import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { until } from '../gateway/fixture.ts';

/** A panel of a page, by its heading. */
export function panel(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true });
}

/** What matters first, below a page's heading. */
export function glance(page: Page): Locator {
  return page.getByLabel('At a glance');
}

/** Waits until an element's text, with white space as one blank, contains or matches something. */
export async function contains(element: Locator, expected: string | RegExp): Promise<void> {
  let text = '';
  try {
    await until(async () => {
      text = (await element.innerText()).replace(/\s+/g, ' ');
      return typeof expected === 'string' ? text.includes(expected) : expected.test(text);
    });
  } catch {
    assert.fail(`expected ${expected} in: ${text}`);
  }
}

/** The operations that a page has asked since. */
export function requestsOf(page: Page): () => string[] {
  const queries: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/graphql')) queries.push((request.postDataJSON() as { query: string }).query);
  });
  return () => queries;
}
