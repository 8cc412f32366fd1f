/** A user who wants to see a network turn words round, and has no data: makes it, sets rows aside, trains. */
import type { Page } from '@playwright/test';
import { expect, goTo, openTemplate, test } from './lab.ts';

/** A choice of several; its label covers its radio. */
const choose = (page: Page, name: string | RegExp) =>
  page
    .locator('label')
    .filter({ has: page.getByRole('radio', { name, exact: true }) })
    .click();

test('strings by rule, their targets turned round, a part for validation, each one undo step', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Data');
  await page.getByRole('button', { name: 'Make…' }).click();
  await choose(page, 'Samples');
  const alphabet = page.getByRole('textbox', { name: 'Alphabet' });
  await alphabet.fill('helo');
  const count = page.getByRole('textbox', { name: 'How many' });
  await count.fill('12');
  await count.press('Enter');
  await expect(page.getByText('different ones exist')).toBeVisible();
  await page.getByRole('button', { name: 'Make 12 samples' }).click();
  await expect(page.getByText('13 samples · 13 train')).toBeVisible();

  // One of them is changed by hand, and made whole again with all that lack a target.
  await page.getByRole('button', { name: 'Make…' }).click();
  await choose(page, 'Targets');
  await choose(page, /^copy/);
  await choose(page, 'all 13');
  await page.getByRole('button', { name: 'Make 13 targets' }).click();
  const target = page.getByRole('gridcell', { name: /^target: / });
  await expect(target.first()).toHaveAttribute('aria-label', 'target: hello');
  await page.keyboard.press('Control+z');
  await expect(target.first()).toHaveAttribute('aria-label', 'target: ohlol');

  await page.getByRole('button', { name: 'Split…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Split' });
  await dialog.getByRole('textbox', { name: 'For validation' }).fill('25');
  await dialog.getByRole('textbox', { name: 'For validation' }).press('Enter');
  await expect(dialog.getByText(/3 validation: rows/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Split 13 rows' }).click();
  await expect(page.getByText('13 samples · 10 train · 3 validation')).toBeVisible();
  // The rows are shown at once; the popover has the keys until they are stored.
  await expect(dialog).toBeHidden();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('13 samples · 13 train')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('1 sample · 1 train')).toBeVisible();
});
