/**
 * A learner steps through one training pass of hello → ohlol with the keys alone: why step 4 says l and not o, where its
 * gradient comes from, and what Adam did to one weight. The numbers are PyTorch's.
 */
import type { Page } from '@playwright/test';
import { patience } from '../patience.ts';
import { isAccessible } from './accessible.ts';
import { epochIs, expect, goTo, openTemplate, pytorch, seedField, test, transport } from './lab.ts';

const told = pytorch('train-hello-rnn-seed2');

/** A number of a matrix: its row and column from 0. */
const cell = (page: Page, matrix: string, row: number, column: number) =>
  page.getByRole('grid', { name: matrix, exact: true }).locator(`[data-place="${row}-${column}"]`);

/** Every digit of a number that the learner goes to with the keys. */
async function exactly(page: Page, matrix: string, row: number, column: number): Promise<number> {
  const name = await cell(page, matrix, row, column).getAttribute('aria-label');
  return Number(name!.split(' = ')[1]);
}

async function trained(page: Page, epochs: number): Promise<void> {
  await seedField(page).fill('2');
  await seedField(page).press('Enter');
  for (let epoch = 1; epoch <= epochs; epoch++) {
    await transport(page)
      .getByRole('button', { name: /^Step one epoch/ })
      .click();
    await epochIs(page, epoch, 20);
  }
}

test('every number of a pass is stepped through, forward and back, and is PyTorch’s', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Inspect');
  await expect(page.getByText('Train at least one epoch to look inside')).toBeVisible();
  await trained(page, 6);
  const stage = page.getByRole('slider', { name: 'Step' });
  await expect(stage).toHaveAttribute('aria-valuetext', 'F 1');
  await page.locator('body').press('j');
  await page.locator('body').press('j');
  await page.locator('body').press('j');
  await expect(stage).toHaveAttribute('aria-valuetext', 'F 4');
  await expect(page.getByRole('heading', { name: 'Forward, t = 4' })).toBeVisible();
  // Epoch 6 says what Train's board says of it, and PyTorch: l where o is wanted.
  const { loss, predictions } = told.epochs[5]!;
  expect(predictions[0]![3]).toBe('l');
  await expect(page.getByText(/^reads/)).toContainText('l');
  const said = { l: await exactly(page, 'p₄', 2, 0), o: await exactly(page, 'p₄', 3, 0) };
  expect(said.l).toBeGreaterThan(said.o);
  // The sum of the chosen unit names each of its operands; U goes on to the next unit.
  const names = ['h₄[h]', 'h₄[l]', 'h₄[o]'];
  for (const name of names) {
    await page.locator('body').press('u');
    await expect(page.getByText(`${name} = tanh(`)).toBeVisible();
  }
  await expect(page.getByText('W_hh[o, e] · h₃[e]')).toBeVisible();
  await isAccessible(page);

  // The loss is the epoch's, to the last digit that the top bar shows.
  await page.locator('body').press('Shift+J');
  await expect(stage).toHaveAttribute('aria-valuetext', 'L');
  await expect(page.getByText(loss.toFixed(6), { exact: true }).last()).toBeVisible();
  await expect(page.getByText('nothing of it is computed yet').first()).toBeVisible();
  await isAccessible(page);

  await page.locator('body').press('Shift+J');
  await expect(stage).toHaveAttribute('aria-valuetext', 'B 5');
  await expect(page.getByText('nothing after t = 5')).toBeVisible();
  await page.locator('body').press('j');
  await page.locator('body').press('j');
  await expect(stage).toHaveAttribute('aria-valuetext', 'B 3');
  // What the way back has not met is not computed, never 0.
  await expect(cell(page, 'dW_ih', 0, 0)).toHaveText('—');
  await expect(cell(page, '∂L/∂h_t', 0, 0)).toHaveText('—');
  await expect(page.getByText('3 of 5 added')).toBeVisible();
  const sum = await exactly(page, 'dh₃', 3, 0);
  const parts = [await exactly(page, '∂L/∂out', 3, 0), await exactly(page, 'W_hhᵀ da₄', 3, 0)];
  expect(parts[0]! + parts[1]!).toBeCloseTo(sum, 6);
  await isAccessible(page);

  // A breakpoint at B 2: back to the start, then on to it.
  await page.locator('body').press('j');
  await page.locator('body').press('b');
  await expect(page.getByRole('button', { name: /^1 breakpoint/ })).toBeVisible();
  await page.locator('body').press('Home');
  await expect(stage).toHaveAttribute('aria-valuetext', 'F 1');
  await page.locator('body').press('n');
  await expect(stage).toHaveAttribute('aria-valuetext', 'B 2');

  // Update: what Adam did to one weight, and where it stands after it.
  await page.locator('body').press('End');
  await expect(page.getByRole('heading', { name: 'Optimizer step 6: Adam' })).toBeVisible();
  const weight = page.getByRole('textbox', { name: 'weight' });
  await weight.fill('o, h');
  await weight.press('Enter');
  await expect(page.getByText('W_hh[o, h] framed in every map')).toBeVisible();
  const before = await exactly(page, 'θ', 3, 1);
  const after = await exactly(page, 'θ′', 3, 1);
  expect(before + (await exactly(page, 'Δ', 3, 1))).toBeCloseTo(after, 6);
  await isAccessible(page);

  // Its next epoch is trained from here, and begins at its first step.
  await page.locator('body').press('j');
  await epochIs(page, 7, 20);
  await expect(stage).toHaveAttribute('aria-valuetext', 'F 1');
  await expect.poll(() => exactly(page, 'W_hh', 3, 1), patience).toBe(after);
});

test('a stage is gone to by its name, a number is pinned and copied, and all of it in Chinese', async ({
  page,
  lab,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Inspect');
  await trained(page, 2);
  await page.locator('body').press('g');
  await page.keyboard.type('F4');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Forward, t = 4' })).toBeVisible();
  await page.locator('body').press('g');
  await page.keyboard.type('F9');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'go to' })).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Tab');

  // Arrows move inside the matrix that has the focus, and do not train.
  await cell(page, 'h₄', 0, 0).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(cell(page, 'h₄', 2, 0)).toBeFocused();
  await epochIs(page, 2, 20);
  await page.keyboard.press('p');
  const pins = page.getByRole('region', { name: 'Pinned numbers' });
  await expect(pins.getByText('h₄[l]', { exact: true })).toBeVisible();
  await pins.getByRole('button', { name: 'Copy as…' }).click();
  await page.getByRole('menuitem', { name: 'Spreadsheet formulas' }).click();
  await expect
    .poll(() => page.evaluate('navigator.clipboard.readText()'), patience)
    .toMatch(/^=TANH\(.*\)\n$/);
  await page.locator('body').press('Escape');
  await expect(pins).toBeHidden();

  await page.getByRole('radio', { name: '中文' }).check({ force: true });
  await expect(page.getByRole('heading', { name: '前向，t = 4' })).toBeVisible();
  await page.locator('body').press('Shift+J');
  await expect(page.getByRole('heading', { name: '损失', exact: true })).toBeVisible();
  await page.locator('body').press('Shift+J');
  await expect(page.getByRole('heading', { name: '反向，t = 5' })).toBeVisible();
  await page.locator('body').press('End');
  await expect(page.getByRole('heading', { name: '优化器第 2 步：Adam' })).toBeVisible();
  await isAccessible(page);
});
