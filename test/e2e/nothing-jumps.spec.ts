/** Nothing on Train moves when a run begins, trains, ends, or is looked back at: by the browser's own account. */
import type { Page } from '@playwright/test';
import { epochIs, expect, goTo, openTemplate, run, test } from './lab.ts';

interface Shift {
  value: number;
  moved: string[];
}

async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(`
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const nameOf = (node) => node ? (node.nodeType === 1 ? node : node.parentElement)?.outerHTML?.slice(0, 90) ?? '' : '(gone)';
        // A list that is scrolled, a cell's own number, a switch that is turned and what follows the cursor move as they should.
        const isItsOwn = ({ node }) => !node?.isConnected ||
          (node.nodeType === 1 ? node : node.parentElement)?.closest('[role=listbox], [role=list][tabindex], [role=grid], [role=switch], .tip, .with-ticks .end');
        const moved = entry.sources.filter((source) => !isItsOwn(source)).map(({ node, previousRect: a, currentRect: b }) =>
          nameOf(node) + ' ' + [a.x, a.y, a.width, a.height].map(Math.round) + ' to ' + [b.x, b.y, b.width, b.height].map(Math.round));
        if (moved.length > 0) globalThis.shifts.push({ value: entry.value, moved });
      }
    }).observe({ type: 'layout-shift' });
  `);
}

/** After the browser has drawn what it has. */
async function shiftsOf(page: Page): Promise<Shift[]> {
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))',
  );
  return page.evaluate('globalThis.shifts') as Promise<Shift[]>;
}

for (const [template, epochs] of [
  ['hello-rnn', 20],
  ['names', 20],
] as const) {
  test(`nothing moves while ${template} trains and is looked back at`, async ({ page, lab }) => {
    await openTemplate(page, lab, template);
    await goTo(page, 'Train');
    await expect(page.getByRole('slider', { name: 'Time machine' })).toBeVisible();
    await page.evaluate('document.fonts.ready.then(() => 0)');
    await watchShifts(page);
    // In three steps and at full speed: no run, one at rest, one that trains, one that has ended.
    for (let epoch = 1; epoch <= 3; epoch++) {
      await page.getByRole('button', { name: 'Step one epoch' }).click();
      await epochIs(page, epoch, epochs);
    }
    await run(page);
    await epochIs(page, epochs, epochs);
    expect(await shiftsOf(page), 'while it trains').toEqual([]);
    await page.getByRole('slider', { name: 'Time machine' }).focus();
    for (const key of ['ArrowLeft', 'PageDown', 'Home', 'ArrowRight', 'End']) {
      await page.keyboard.press(key);
      if (key !== 'End') await expect(page.getByText(/^(replayed|from a checkpoint)/)).toBeVisible();
    }
    expect(await shiftsOf(page), 'while it is looked back at').toEqual([]);
  });
}
