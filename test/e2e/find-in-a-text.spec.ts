/** Found and replaced in a language model's text, with the bar and the keys that rows have. */
import type { Page } from '@playwright/test';
import type { LabProcess } from '../lab-process.ts';
import { expect, openEmptyProject, test } from './lab.ts';

const hits = (page: Page) => page.getByRole('textbox', { name: 'Text', exact: true }).locator('.hit');
const bar = (page: Page) => page.getByRole('search', { name: 'Find and replace' });
const tokens = (page: Page, said: string) => expect(page.getByText(said)).toBeVisible();

async function openText(page: Page, lab: LabProcess, text: string, count = text.length): Promise<void> {
  await openEmptyProject(page, lab);
  await page.locator('label').filter({ hasText: 'Language model' }).click();
  await page.getByRole('button', { name: 'Write one' }).click();
  await expect(page.getByRole('textbox', { name: 'Text', exact: true })).toBeFocused();
  await page.keyboard.insertText(text);
  await tokens(page, `${count} tokens`);
}

test('hits are ringed, counted and gone through; one is replaced, then all, each one step of undo', async ({
  page,
  lab,
}) => {
  await openText(page, lab, 'the cat\nThe dog\nthe hen\n');
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('ControlOrMeta+f');
  await expect(bar(page).getByRole('textbox', { name: 'Find' })).toBeFocused();
  await page.keyboard.type('the');
  await expect(bar(page).getByRole('status')).toHaveText('1 / 2');
  await expect(hits(page)).toHaveText(['the', 'the']);
  await page.keyboard.press('F3');
  await expect(bar(page).getByRole('status')).toHaveText('2 / 2');
  await expect(page.locator('.hit.current')).toHaveCount(1);
  await page.keyboard.press('Shift+F3');
  await bar(page).getByRole('button', { name: 'Match case' }).click();
  await expect(bar(page).getByRole('status')).toHaveText('1 / 3');

  await page.keyboard.press('ControlOrMeta+h');
  await page.keyboard.type('a');
  await page.keyboard.press('Enter');
  await expect(bar(page).getByRole('status')).toHaveText('1 / 2');
  await tokens(page, '22 tokens');
  await bar(page).getByRole('button', { name: 'Replace all 2' }).click();
  await tokens(page, '18 tokens');
  await expect(hits(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await tokens(page, '22 tokens');
  await expect(hits(page)).toHaveText(['The', 'the']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await tokens(page, '24 tokens');
  await bar(page).getByRole('textbox', { name: 'Find', exact: true }).press('Escape');
  await expect(bar(page)).toBeHidden();
  await expect(page.getByRole('textbox', { name: 'Text', exact: true })).toBeFocused();
});

test('a token is found whole, a pattern by line, and what cannot be looked for is said', async ({
  page,
  lab,
}) => {
  await openText(page, lab, 'e e\u0301 e\nxe\n', 9);
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  const field = bar(page).getByRole('textbox', { name: 'Find', exact: true });
  await field.fill('e');
  await expect(bar(page).getByRole('status')).toHaveText(/ 4$/);
  await bar(page).getByText('token', { exact: true }).click();
  await expect(bar(page).getByRole('status')).toHaveText(/ 3$/);
  await bar(page).getByText('regex', { exact: true }).click();
  await field.fill('e$');
  await expect(hits(page)).toHaveCount(2);
  await field.fill('(a+)+');
  await expect(bar(page).getByRole('alert')).toContainText('could run for ever');
});

test('what is typed is one step of undo a burst, and the cursor leads the batch', async ({ page, lab }) => {
  await openText(page, lab, 'abc '.repeat(40));
  await page.keyboard.press('ControlOrMeta+Home');
  await expect(page.getByText('Batch 1 of 5')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+End');
  await expect(page.getByText('Batch 5 of 5')).toBeVisible();
  await page.keyboard.type('xyz');
  await tokens(page, '163 tokens');
  await page.keyboard.press('ControlOrMeta+z');
  await tokens(page, '160 tokens');
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await tokens(page, '163 tokens');
});
