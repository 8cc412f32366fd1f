/** A learner sets a weight by hand, sees what follows from it, and trains on from there; the run itself stays as it was. */
import type { Page } from '@playwright/test';
import { patience } from '../patience.ts';
import { isAccessible } from './accessible.ts';
import { openTabByKeys, trainedTemplate } from './inspect-page.ts';
import { epochIs, expect, pytorch, test } from './lab.ts';

const { finalWeights } = pytorch('train-hello-rnn-seed2');
const hidden = finalWeights['rnn.weight_hh_l0']!.data;

const map = (page: Page) => page.getByRole('slider', { name: 'W_hh', exact: true });
const field = (page: Page) => page.getByRole('textbox', { name: /^Value of W_hh/ });
const chip = (page: Page) => page.getByText(/^hand-edited: \d+ weight/);
const curve = (page: Page) => page.getByRole('slider', { name: /^What if/ });
const shownValue = async (page: Page) => Number((await field(page).inputValue()).replace('−', '-'));

test('a weight is set by the keyboard alone; outputs, loss and curve follow, and undo takes it back', async ({
  page,
  lab,
}) => {
  await trainedTemplate(page, lab, 'hello-rnn');
  await openTabByKeys(page, 'Weights');
  await map(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(map(page)).toHaveAttribute('aria-valuenow', '5');
  // The run's own number is PyTorch's.
  await expect.poll(() => shownValue(page), patience).toBeCloseTo(hidden[5]!, 4);
  await expect(page.getByText('right 5→5/5')).toBeVisible();
  const own = await curve(page).getAttribute('aria-valuenow');

  // Typed as in a spreadsheet.
  await page.keyboard.type('-4');
  await page.keyboard.press('Enter');
  await expect(map(page)).toBeFocused();
  await expect(chip(page)).toHaveText('hand-edited: 1 weight');
  await expect(field(page)).toHaveValue('−4');
  await expect(page.getByText(/was −?0\.\d+/)).toBeVisible();
  await expect(page.getByText('right 5→5/5')).toHaveCount(0);
  await expect.poll(() => curve(page).getAttribute('aria-valuenow'), patience).not.toBe(own);

  // By 0.1, 1 and 0.01, in one movement.
  await field(page).focus();
  await page.keyboard.press('ArrowUp');
  await expect(field(page)).toHaveValue('−3.9');
  await page.keyboard.press('Shift+ArrowUp');
  await expect(field(page)).toHaveValue('−2.9');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(field(page)).toHaveValue('−2.91');

  await map(page).focus();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(field(page)).toHaveValue('−4');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(chip(page)).toHaveCount(0);
  await expect.poll(() => shownValue(page), patience).toBeCloseTo(hidden[5]!, 4);
  await expect(page.getByText('right 5→5/5')).toBeVisible();

  // Along the curve, by its own keys.
  await curve(page).focus();
  const most = (await curve(page).getAttribute('aria-valuemax')) ?? '';
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(field(page)).toHaveValue(most);
  await isAccessible(page);
});

test('what is no number of float32 is refused with a sentence, and nothing is lost', async ({
  page,
  lab,
}) => {
  await trainedTemplate(page, lab, 'hello-rnn');
  await openTabByKeys(page, 'Weights');
  await expect(curve(page)).toBeVisible();
  const before = await field(page).inputValue();
  for (const [typed, said] of [
    ['1e39', /1e39 is more than float32 can hold/],
    ['NaN', /NaN/],
    ['Infinity', /Infinity/],
  ] as const) {
    await field(page).fill(typed);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert').filter({ hasText: said })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(field(page)).toHaveValue(before);
  }
  await expect(chip(page)).toHaveCount(0);
});

test('a branch trains on with the weights of the hand; its run is as it was', async ({ page, lab }) => {
  await trainedTemplate(page, lab, 'hello-rnn');
  await openTabByKeys(page, 'Weights');
  await map(page).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('2.5');
  await page.keyboard.press('Enter');
  await expect(chip(page)).toBeVisible();
  await page.getByRole('button', { name: 'Train on from here', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(
    page.getByText(/^Run 2 trains on from run 1, epoch 20, with 1 weight set by hand/),
  ).toBeVisible();
  await epochIs(page, 40, 40);
  await expect(chip(page)).toHaveCount(0);
  // The branch began with the hand's number, which training has since moved on.
  const epoch = page.getByRole('textbox', { name: 'epoch', exact: true });
  await epoch.fill('20');
  await page.keyboard.press('Enter');
  await expect(field(page)).toHaveValue('2.5');

  // Run 1 still has PyTorch's weights.
  await page.getByRole('combobox', { name: 'Run' }).click();
  await page.getByRole('option', { name: /^Run 1/ }).click();
  await epochIs(page, 20, 20);
  await expect.poll(() => shownValue(page), patience).toBeCloseTo(hidden[0]!, 4);
});

test('is the same in Chinese', async ({ page, lab }) => {
  await trainedTemplate(page, lab, 'hello-rnn');
  await openTabByKeys(page, 'Weights');
  await page.getByRole('banner').getByText('中文').click();
  await map(page).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('2.5');
  await page.keyboard.press('Enter');
  await expect(page.getByText('手改权重：1 个')).toBeVisible();
  await expect(page.getByRole('button', { name: '从这里继续训练', exact: true })).toBeEnabled();
  await isAccessible(page);
});
