/** A user who has no text, makes one of sums by rule, and holds a text of its own back. */
import type { Page } from '@playwright/test';
import { isAccessible } from './accessible.ts';
import { expect, goTo, openEmptyProject, openTemplate, test } from './lab.ts';

/** A choice of several; its label covers its radio. */
const choose = (page: Page, name: string | RegExp) =>
  page
    .locator('label')
    .filter({ has: page.getByRole('radio', { name, exact: true }) })
    .click();

test('lines by rule become the text, and more of them stand below it, each one undo step', async ({
  page,
  lab,
}) => {
  await openEmptyProject(page, lab);
  await choose(page, 'Language model');
  await page.getByRole('button', { name: 'Make…' }).last().click();
  await expect(page.getByRole('radio', { name: 'a text', exact: true })).toBeChecked();
  await choose(page, 'arithmetic');
  await isAccessible(page);
  await page.getByRole('button', { name: 'Make 20 lines', exact: true }).click();
  const text = page.getByRole('textbox', { name: 'Text' });
  await expect(text.locator('.cm-line').first()).toHaveText(/^.*\d\+\d=\d+\./);
  await expect(page.getByText(/tokens, 20 lines/)).toBeVisible();

  await page.getByRole('button', { name: 'Make…' }).click();
  await expect(page.getByRole('radio', { name: 'append', exact: true })).toBeChecked();
  await choose(page, 'brackets');
  await isAccessible(page);
  await page.getByRole('button', { name: 'Make 20 lines', exact: true }).click();
  await expect(page.getByText(/tokens, 40 lines/)).toBeVisible();
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(page.getByText(/tokens, 20 lines/)).toBeVisible();

  // A text of its own is held back, shown, and goes again; the whole text is trained on meanwhile.
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.writeText('1+1=2.\\n2+2=4.\\n')`);
  await page.getByRole('button', { name: 'Paste a text of its own' }).click();
  await expect(page.getByText('a text of its own, 14 tokens')).toBeVisible();
  await expect(page.getByRole('group', { name: 'The text held back' })).toHaveText(/1\+1=2\.\s+2\+2=4\./);
  await isAccessible(page);
  await page.getByRole('button', { name: 'Remove this text' }).click();
  await expect(page.getByRole('textbox', { name: 'Validation' })).toHaveValue('0');

  // More streams than there are tokens: the field is red, and it is said why.
  const streams = page.getByRole('textbox', { name: 'batch_size' });
  await streams.fill('500');
  await streams.press('Enter');
  await expect(page.getByText(/So many streams need 501 tokens/)).toBeVisible();
  await expect(streams).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(streams).not.toHaveAttribute('aria-invalid');
  await choose(page, '中文');
  await isAccessible(page);
});

test('rows instead of a text, a rule that is wrong, and a frozen vocabulary that is thawed there', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Data');
  await page.getByRole('switch', { name: 'Freeze' }).click();
  await expect(page.getByRole('switch', { name: 'Freeze' })).toBeChecked();
  await page.getByRole('button', { name: 'Make…' }).click();
  await choose(page, /^delay/);
  const fill = page.getByRole('textbox', { name: 'fill' });
  await fill.fill('ab');
  await expect(fill).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText(/must be exactly one token/)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Make \d+ targets?$/ })).toBeDisabled();
  await fill.fill('.');
  await expect(fill).not.toHaveAttribute('aria-invalid');
  await choose(page, /^all/);
  await expect(page.getByText('1 new token:')).toBeVisible();
  await isAccessible(page);
  await page.getByRole('button', { name: 'Unfreeze the vocabulary' }).click();
  await expect(page.getByRole('button', { name: 'Unfreeze the vocabulary' })).toBeHidden();
  await page.getByRole('button', { name: 'Make 1 target', exact: true }).click();
  await expect(page.getByRole('gridcell', { name: 'target: ..hel', exact: true })).toBeVisible();
  await expect(page.getByRole('switch', { name: 'Freeze' })).not.toBeChecked();
  const tokens = page.getByRole('listbox', { name: 'Vocabulary' });
  await expect(tokens.getByRole('option', { name: /^\., / })).toBeVisible();

  // One row cannot be split in two; the popover says why.
  await page.getByRole('button', { name: 'Split…' }).click();
  const split = page.getByRole('dialog', { name: 'Split' });
  await expect(split.getByText(/sets? aside none of 1/)).toBeVisible();
  await expect(split.getByRole('button', { name: /^Split 1 row/ })).toBeDisabled();
  await isAccessible(page, '[role=dialog]');
});

test('labels and a long vocabulary are accessible, in Chinese too', async ({ page, lab }) => {
  await openTemplate(page, lab, 'names');
  await goTo(page, 'Data');
  await expect(page.getByRole('list', { name: 'Labels' }).getByRole('listitem').first()).toBeVisible();
  await isAccessible(page);
  await choose(page, '中文');
  await expect(page.getByRole('list', { name: '标签' })).toBeVisible();
  await isAccessible(page);
  await page.getByRole('button', { name: '划分…' }).click();
  await expect(page.getByRole('dialog', { name: '划分' })).toBeVisible();
  await isAccessible(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '生成…' }).click();
  await expect(page.getByRole('region', { name: '生成' })).toBeVisible();
  await isAccessible(page);
});
