/** A learner double-clicks the lab for the first time and follows the card on the start screen. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { epochIs, expect, goTo, openTemplate, pytorch, run, type ScreenName, test } from './lab.ts';

test('the start screen offers the tutorial, and Space trains hello → ohlol to PyTorch’s loss', async ({
  page,
  lab,
}) => {
  await page.goto(lab.url);
  for (const name of ['rnncell-shapes', 'rnn-shapes', 'hello-rnncell', 'hello-rnn']) {
    await expect(page.getByRole('button', { name: new RegExp(`^${name} `) })).toBeVisible();
  }
  await page.getByRole('button', { name: /^hello-rnn / }).click();
  await page.getByRole('navigation').waitFor();
  await page.keyboard.press('Space');
  await epochIs(page, 20, 20);

  const last = pytorch('train-hello-rnn-seed2').epochs.at(-1)!;
  await expect(page.getByTestId('loss')).toHaveText(last.loss.toFixed(6));
  await goTo(page, 'Train');
  await expect(page.getByRole('option', { name: `Epoch 20: ${last.predictions[0]}` })).toBeVisible();
});

test('hello-rnncell trains 100 epochs on the summed loss', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnncell');
  await run(page);
  await epochIs(page, 100, 100);
  await goTo(page, 'Train');
  await expect(page.getByRole('option', { name: /^Epoch 100: ohlol, 5 of 5 right/ })).toBeVisible();
});

for (const [template, shape] of [
  ['rnncell-shapes', 'torch.Size([1, 2])'],
  ['rnn-shapes', 'torch.Size([2, 1, 2])'],
] as const) {
  test(`${template} shows every tensor as the tutorial prints it`, async ({ page, lab }) => {
    await openTemplate(page, lab, template);
    await goTo(page, 'Train');
    await run(page);
    await expect(page.getByText(shape).first()).toBeVisible();
  });
}

test('the address alone is not enough: without the key there is no lab', async ({ page, lab }) => {
  const bare = new URL('/', lab.url).href;
  const response = await page.request.get(bare);
  expect(response.status()).toBe(403);
});

const screens: ScreenName[] = ['Data', 'Model', 'Train', 'Export'];

for (const theme of ['light', 'dark'] as const) {
  test(`every screen is accessible (${theme})`, async ({ page, lab }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.goto(lab.url);
    await page.getByRole('button', { name: /^hello-rnn / }).waitFor();
    await expectAccessible(page, 'Start');
    await page.getByRole('button', { name: /^hello-rnn / }).click();
    await run(page);
    await epochIs(page, 20, 20);
    for (const screen of screens) {
      await goTo(page, screen);
      await expectAccessible(page, screen);
    }
  });
}

async function expectAccessible(page: Page, screen: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  const found = violations.map(
    ({ id, nodes }) => `${screen}: ${id} at ${nodes.map((node) => node.target).join(' ; ')}`,
  );
  expect(found).toEqual([]);
}
