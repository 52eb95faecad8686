// What every state of every page must hold: no axe violation, no sideways scroll, nothing too small to tap. axe goes in by evaluation, past the strict CSP.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  id: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** Runs `look` in each of the widths that phones and tablets have. */
async function inEveryWidth(page: Page, look: (width: number) => Promise<void>): Promise<void> {
  const size = page.viewportSize();
  for (const width of [320, 768, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await look(width);
  }
  if (size) await page.setViewportSize(size);
}

/** Fails with the rule and the place of each violation. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  await page.evaluate(axeSource);
  await inEveryWidth(page, async (width) => {
    const violations = await page.evaluate(async (tags) => {
      const { axe } = globalThis as unknown as { axe: { run(context: Document, options: unknown): Promise<{ violations: Violation[] }> } };
      return (await axe.run(document, { runOnly: tags })).violations;
    }, TAGS);
    const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} at ${node.target.join(' ')}: ${node.failureSummary}`));
    expect(found, `axe, ${state} at ${width} px`).toEqual([]);
  });
}

/** The page never scrolls sideways. */
export async function expectNoSidewaysScroll(page: Page, state: string): Promise<void> {
  await inEveryWidth(page, async (width) => {
    const [content, room] = await page.evaluate(() => {
      const scroller = document.querySelector('dialog[open]') ?? document.documentElement;
      return [scroller.scrollWidth, scroller.clientWidth];
    });
    expect(content, `width of ${state} at ${width} px`).toBeLessThanOrEqual(room ?? 0);
  });
}

/** WCAG 2.2 asks for 24 px, a thumb for 44. What a label or a row makes tappable counts with it; links within a sentence do not. */
export async function expectThumbSized(page: Page, state: string): Promise<void> {
  const small = await page.evaluate(() => {
    const scope = document.querySelector('dialog[open]') ?? document;
    const all = [...scope.querySelectorAll<HTMLElement>('button, a[href], input, textarea')];
    return all.flatMap((element) => {
      const target = element.closest<HTMLElement>('label, .dish') ?? element;
      const { width, height } = target.getBoundingClientRect();
      const isShown = element.checkVisibility() && !element.closest('.skip');
      return isShown && (width < 43.5 || height < 43.5) ? [`${element.outerHTML.slice(0, 80)} ${Math.round(width)} x ${Math.round(height)}`] : [];
    });
  });
  expect(small, `targets of ${state}`).toEqual([]);
}
