/**
 * A learner asks why the plain RNN never learns delayed-echo: Inspect shows how far back the last loss is felt, trains GRU
 * and LSTM on the same data and seed, and shows where the RNN's gradient dies and that the others' lives. By keyboard
 * alone; then in Chinese.
 */
import type { Page } from '@playwright/test';
import { patience } from '../patience.ts';
import { isAccessible } from './accessible.ts';
import { chooseTab, openInspect, trainedEcho } from './inspect-page.ts';
import { expect, test } from './lab.ts';

/** Tabs on until this has the focus. */
async function tabTo(page: Page, name: string | RegExp, role: 'button' | 'slider' | 'tab'): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: typeof name === 'string' });
  await wanted.first().waitFor();
  for (let presses = 0; presses < 80; presses++) {
    if ((await wanted.and(page.locator(':focus')).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${name}.`);
}

/** The norms that the sentence under the maps gives, by cell. */
async function norms(page: Page): Promise<Partial<Record<'RNN' | 'GRU' | 'LSTM', number>>> {
  const text = await page.getByText(/^From L[₀-₉]+ back to h[₀-₉]+: /).textContent();
  const found = [...text!.matchAll(/(RNN|GRU|LSTM) ([\d.]+(?:e−\d+)?)/g)];
  return Object.fromEntries(found.map(([, cell, norm]) => [cell!, Number(norm!.replace('−', '-'))]));
}

test('the step where the plain RNN’s gradient dies is seen, and that a GRU’s arrives', async ({
  page,
  lab,
}) => {
  test.setTimeout(240_000);
  await trainedEcho(page, lab);
  await openInspect(page);
  await tabTo(page, 'Step through', 'tab');
  for (const name of ['Over time', 'Gradients']) {
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
  }

  // The run alone: what is missing is said with its price, before anything starts.
  await expect(page.getByText(/^2 runs, 300 epochs each, .* about \d+ (s|min)$/)).toBeVisible();
  await tabTo(page, 'RNN', 'slider');
  await page.keyboard.press('Home');
  const alone = await norms(page);
  expect(Object.keys(alone)).toEqual(['RNN']);
  expect(alone.RNN).toBeLessThan(1e-4);
  await expect(page.getByText(/^RNN: less than a thousandth from t = \d+ back$/)).toBeVisible();

  await tabTo(page, 'Train GRU and LSTM', 'button');
  await page.keyboard.press('Enter');
  // Ordinary runs in the background: the one on screen stays.
  await expect(page.getByRole('slider', { name: 'GRU', exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('slider', { name: 'LSTM', exact: true })).toBeVisible({ timeout: 120_000 });
  for (const number of [2, 3]) {
    await expect(page.getByText(new RegExp(`^run ${number}, epoch \\d+$`))).toBeVisible({ timeout: 120_000 });
  }
  await expect(page.getByRole('button', { name: 'Train GRU and LSTM', exact: true })).toBeHidden();
  // One step to undo.
  await expect(page.getByRole('button', { name: 'Undo: Train GRU and LSTM on the same data' })).toBeEnabled();
  await expect.poll(async () => (await norms(page)).GRU ?? 0, patience).toBeGreaterThan(1e-3);
  expect((await norms(page)).RNN).toBe(alone.RNN);
  await expect(page.getByText(/^GRU: [\d.]+ (%|×) arrives at t = 1$/)).toBeVisible();

  // Where: the arrows go along the row, and the sentence follows.
  await tabTo(page, 'RNN', 'slider');
  await page.keyboard.press('End');
  expect((await norms(page)).RNN).toBeGreaterThan(1e-2);
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(page.getByText(/^From L₂₁ back to h₁₆: /)).toBeVisible();

  // The number itself is not to be doubted.
  await tabTo(page, 'Check', 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/All \d+ entries agree/)).toBeVisible({ timeout: 60_000 });
  await isAccessible(page);

  // One cursor: Over time stands at the same step; a unit's slopes are where the gradient went.
  await page.getByRole('tab', { name: 'Gradients' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('heading', { name: /^Unit 0 at t = 16$/ })).toBeVisible();
  await tabTo(page, 'h', 'slider');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('heading', { name: /^Unit \d+ at t = 17$/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await isAccessible(page);
  await chooseTab(page, 'Path of h');
  await expect(page.getByText(/^Regions: on this plane, with all else at its mean\./)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Play the epochs' })).toBeEnabled({ timeout: 60_000 });
  await isAccessible(page);

  await page.locator('label[lang="zh"] input').first().dispatchEvent('click');
  await expect(page.getByRole('tab', { name: 'h 的轨迹' })).toHaveAttribute('aria-selected', 'true');
  await isAccessible(page);
  await page.getByRole('tab', { name: '梯度' }).click();
  await expect(page.getByText(/^从 L₂₁ 回到 h₁₇：RNN .*，GRU .*，LSTM/)).toBeVisible();
  await expect(page.getByText(/^RNN：从 t = \d+ 往前不足千分之一$/)).toBeVisible();
  await isAccessible(page);
});
