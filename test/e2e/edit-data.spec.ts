/** A hobbyist types a mapping of their own, makes mistakes, and is told where. */
import { epochIs, expect, goTo, openTemplate, run, test } from './lab.ts';

test('typing a new row adds its tokens to the vocabulary, and the run uses it', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  const grid = page.getByRole('grid');
  await grid.getByText('Type, or paste rows').click();
  await page.keyboard.type('hole');
  await page.keyboard.press('Enter');
  await page.keyboard.type('eloh');
  await page.keyboard.press('Enter');
  await expect(page.getByText('2 samples · 2 train')).toBeVisible();
  await run(page);
  await epochIs(page, 20, 20);
  await expect(page.getByText('2 of 2 samples in use')).toBeVisible();
});

test('unequal lengths are marked in the row, listed, and kept out of the run; undo takes the row away', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await page.getByRole('grid').getByText('Type, or paste rows').click();
  await page.keyboard.type('hello');
  await page.keyboard.press('Enter');
  await page.keyboard.type('ohl');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('contentinfo').getByText('1 problem')).toBeVisible();
  await expect(page.getByText(/Target is 2 tokens short/).first()).toBeVisible();
  await run(page);
  await epochIs(page, 20, 20);
});

test('a frozen vocabulary names the token that it does not have, and adds it on demand', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await page.getByRole('switch', { name: /Freeze/ }).click();
  await page.getByRole('grid').getByText('Type, or paste rows').click();
  await page.keyboard.type('help');
  await page.keyboard.press('Enter');
  await page.keyboard.type('pleh');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/is not in the vocabulary/).first()).toBeVisible();
});

test('a dataset without rows cannot run, and says what to do', async ({ page, lab }) => {
  await page.goto(lab.url);
  await page.getByRole('button', { name: /^New empty project/ }).click();
  await page.getByRole('navigation').waitFor();
  await run(page);
  await expect(page.getByText(/No row can be trained on/).first()).toBeVisible();
});

test('a hidden size that cannot be the logits is locked with its reason', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Model');
  await expect(page.getByText(/Must equal the vocabulary/)).toBeVisible();
  await expect(page.getByLabel('hidden_size')).toHaveAttribute('readonly');
});
