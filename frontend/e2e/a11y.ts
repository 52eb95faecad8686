// What every state of every page must hold: no axe violation, no sideways scroll. axe goes in by evaluation, past the strict CSP.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  id: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** Fails with the rule and the place of each violation. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as { axe: { run(context: Document, options: unknown): Promise<{ violations: Violation[] }> } };
    return (await axe.run(document, { runOnly: tags })).violations;
  }, TAGS);
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} at ${node.target.join(' ')}: ${node.failureSummary}`));
  expect(found, `axe, ${state}`).toEqual([]);
}

/** The page never scrolls sideways, in any of the widths that phones and tablets have. */
export async function expectNoSidewaysScroll(page: Page, state: string): Promise<void> {
  const size = page.viewportSize();
  for (const width of [320, 390, 768]) {
    await page.setViewportSize({ width, height: 844 });
    const [content, room] = await page.evaluate(() => {
      const scroller = document.querySelector('dialog[open]') ?? document.documentElement;
      return [scroller.scrollWidth, scroller.clientWidth];
    });
    expect(content, `width of ${state} at ${width} px`).toBeLessThanOrEqual(room ?? 0);
  }
  if (size) await page.setViewportSize(size);
}
