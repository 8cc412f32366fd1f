/** Ranges of cells between a spreadsheet and the grid: what is on the clipboard as each of them writes it. */
import type { Page } from '@playwright/test';
import { expect, openTemplate, test } from './lab.ts';

const empty = (page: Page) => page.getByRole('grid').getByText('Type, or paste rows');
const textOf = (page: Page, row: number, column: string) =>
  page.locator(`[data-row="${row}"] [data-column="${column}"]`);
const clipboard = (page: Page, type: string) =>
  page.evaluate(
    `navigator.clipboard.read().then(([item]) => item.getType(${JSON.stringify(type)})).then((blob) => blob.text())`,
  );

async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press('ControlOrMeta+v');
}

for (const [program, text] of [
  ['Excel', 'cat\ttac\r\n"on\r\ne"\t"e""\nno"\r\n'],
  ['LibreOffice', 'cat\ttac\n"on\ne"\t"e""\nno"\n'],
  ['Google Sheets', 'cat\ttac\n"on\ne"\t"e""\nno"'],
] as const) {
  test(`a range that ${program} copied becomes rows, in one step that undo takes back`, async ({
    page,
    lab,
  }) => {
    await openTemplate(page, lab, 'hello-rnn');
    await empty(page).click();
    await paste(page, text);
    await expect(page.getByText('3 samples · 3 train')).toBeVisible();
    await expect(textOf(page, 1, 'target')).toHaveAttribute('aria-label', 'target: tac');
    await expect(textOf(page, 2, 'input')).toHaveAttribute('aria-label', /^input: on\r?\ne$/);
    await expect(textOf(page, 2, 'target')).toHaveAttribute('aria-label', 'target: e"\nno');
    await page.keyboard.press('ControlOrMeta+z');
    await expect(page.getByText('1 sample · 1 train')).toBeVisible();
  });
}

test('a column goes to the targets, a range comes out as it went in, and Delete, Ctrl D and cut act on it', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await empty(page).click();
  await paste(page, 'cat\ndog\nhen');
  await expect(page.getByText('4 samples · 4 train')).toBeVisible();
  await textOf(page, 1, 'target').click();
  await paste(page, 'tac\ngod\nneh');
  await expect(textOf(page, 3, 'target')).toHaveAttribute('aria-label', 'target: neh');

  // From the first cell, by keys: two rows down, one column across.
  await textOf(page, 1, 'input').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('ControlOrMeta+c');
  expect(await clipboard(page, 'text/plain')).toBe('cat\ttac\ndog\tgod\nhen\tneh');
  expect(await clipboard(page, 'text/html')).toMatch(/<td[^>]*>hen<\/td><td[^>]*>neh<\/td>/);
  await page.keyboard.press('ControlOrMeta+x');
  await expect(textOf(page, 3, 'target')).toHaveAttribute('aria-label', /^target: ?$/);
  await page.keyboard.press('ControlOrMeta+v');
  await expect(textOf(page, 3, 'target')).toHaveAttribute('aria-label', 'target: neh');

  // By the pointer, with Shift; the first row's target goes into all of them.
  await textOf(page, 1, 'target').click();
  await textOf(page, 3, 'target').click({ modifiers: ['Shift'] });
  await page.keyboard.press('ControlOrMeta+d');
  await expect(textOf(page, 3, 'target')).toHaveAttribute('aria-label', 'target: tac');
  await page.keyboard.press('Delete');
  await expect(textOf(page, 1, 'target')).toHaveAttribute('aria-label', /^target: ?$/);
  await expect(textOf(page, 1, 'input')).toHaveAttribute('aria-label', 'input: cat');

  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+Delete');
  await expect(page.getByText('0 samples · 0 train')).toBeVisible();
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect(page.getByText('4 samples · 4 train')).toBeVisible();
});
