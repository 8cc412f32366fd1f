/** A hobbyist types a mapping of their own, makes mistakes, and is told where. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { epochIs, expect, goTo, openEmptyProject, openTemplate, run, seedField, test } from './lab.ts';

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
  await openEmptyProject(page, lab);
  await run(page);
  await expect(page.getByText(/No row can be trained on/).first()).toBeVisible();
});

test('a hidden size that cannot be the logits is locked with its reason', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Model');
  await expect(page.getByText(/Must equal the vocabulary/)).toBeVisible();
  await expect(page.getByLabel('hidden_size')).toHaveAttribute('readonly');
});

const cell = (page: Page, label: string) => page.getByRole('gridcell', { name: label, exact: true });
const labelOf = (page: Page, row: number, column: string) =>
  page.locator(`[data-row="${row}"] [data-column="${column}"]`).getAttribute('aria-label');
const undoButton = (page: Page) => page.getByRole('banner').getByRole('button', { name: /undo/i });

async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  // As text: the types of these specs know no window.
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press('ControlOrMeta+v');
}

test('typing on a selected cell begins it anew, as in a spreadsheet, and no key of it acts on the window', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await cell(page, 'input: hello').click();
  await page.keyboard.type('r2 /');
  await expect(page.getByRole('textbox', { name: 'input' })).toHaveValue('r2 /');
  await page.keyboard.press('Enter');
  await expect(cell(page, 'input: r2 /')).toBeVisible();
  await expect(page.getByRole('grid')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await epochIs(page, 0, 20);

  // Esc leaves what was there; F2 and a double click open it with its content; Delete empties it; undo is the grid's.
  await cell(page, 'target: ohlol').click();
  await page.keyboard.type('x');
  await page.keyboard.press('Escape');
  await page.keyboard.press('F2');
  await page.keyboard.press('End');
  await page.keyboard.type('s');
  await page.keyboard.press('Enter');
  await cell(page, 'target: ohlols').dblclick();
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await cell(page, 'target: ohlol').click();
  await page.keyboard.press('Delete');
  await expect(cell(page, 'target:')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(cell(page, 'target: ohlol')).toBeVisible();
  // A split is chosen by its first letter; a whole row goes with Ctrl.
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type('v');
  await expect(page.getByText('1 sample · 0 train · 1 validation')).toBeVisible();
  await page.keyboard.press('Control+Delete');
  await expect(page.getByText('0 samples · 0 train')).toBeVisible();
});

test('an input method composes in the cell that is selected, and one that is given up changes nothing', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  const keyboard = await page.context().newCDPSession(page);
  const compose = (text: string) =>
    keyboard.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  await cell(page, 'input: hello').click();
  for (const text of ['n', 'ni', 'ni h', 'ni hao']) await compose(text);
  const field = page.getByRole('textbox', { name: 'input' });
  await expect(field).toHaveValue('ni hao');
  await keyboard.send('Input.insertText', { text: '你好' });
  await expect(field).toHaveValue('你好');
  await page.keyboard.press('Enter');
  await expect(cell(page, 'input: 你好')).toBeVisible();

  await cell(page, 'target: ohlol').click();
  await compose('hao');
  await compose('');
  await page.keyboard.press('Escape');
  await expect(cell(page, 'target: ohlol')).toBeVisible();
});

test('a cell that is looked at and left is unchanged, line breaks and all', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  const empty = page.getByRole('grid').getByText('Type, or paste rows');
  await empty.click();
  await paste(page, readFileSync(join(import.meta.dirname, '../fixtures/cases/multiline-cell.tsv'), 'utf8'));
  await expect(page.getByText('3 samples · 3 train')).toBeVisible();
  await empty.click();
  await paste(page, '"p\r\nq\tr"\tz');
  await expect(page.getByText('4 samples · 4 train')).toBeVisible();
  const before = [await labelOf(page, 1, 'input'), await labelOf(page, 3, 'input')];
  expect(before.sort()).toEqual(['input: a\nb', 'input: p\r\nq\tr']);
  // The rows are there at once; the step's name comes with the lab's answer.
  const undo = 'Undo: Paste 1 row';
  await expect(undoButton(page)).toHaveAttribute('aria-label', undo);

  for (const row of [1, 3]) {
    for (const leave of ['Enter', 'Tab', 'Escape', 'elsewhere'] as const) {
      const place = page.locator(`[data-row="${row}"] [data-column="input"]`);
      await place.dblclick();
      await expect(page.getByRole('textbox', { name: 'input' })).toHaveValue(/\n/);
      if (leave === 'elsewhere') await cell(page, 'input: hello').click();
      else await page.keyboard.press(leave);
      await page.keyboard.press('Escape');
    }
  }
  expect([await labelOf(page, 1, 'input'), await labelOf(page, 3, 'input')].sort()).toEqual(before);
  expect(await undoButton(page).getAttribute('aria-label')).toBe(undo);

  // What is typed keeps the rest of the cell; Shift Enter breaks a line; pasted lines stay in the cell that is open.
  const place = page.locator('[data-row="1"] [data-column="target"]');
  await place.dblclick();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('end');
  await paste(page, 'one\ttwo\nthree\n');
  await page.keyboard.press('Enter');
  expect(await labelOf(page, 1, 'target')).toMatch(/\nendone\ttwo\nthree$/);
  await expect(page.getByText('4 samples · 4 train')).toBeVisible();
});

test('a decimal comma is one in every field, and what may be two numbers is refused and changes nothing', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  const lr = page.getByLabel('Learning rate', { exact: true });
  for (const [typed, shown] of [
    ['0,001', '0.001'],
    ['０．０２', '0.02'],
    ['1.234,5', '1234.5'],
    ['0,05', '0.05'],
  ] as const) {
    await lr.fill(typed);
    await lr.press('Enter');
    await expect(lr).toHaveValue(shown);
  }
  await lr.fill('1,234');
  await lr.press('Enter');
  await expect(page.getByText('“1,234” can be 1.234 or 1234.')).toBeVisible();
  await expect(undoButton(page)).toHaveAttribute('aria-label', /lr 0\.05/);
  await lr.press('Escape');
  await expect(lr).toHaveValue('0.05');
  const epochs = page.getByLabel('Epochs', { exact: true });
  await epochs.fill('1,000');
  await epochs.press('Enter');
  await expect(epochs).toHaveValue('1000');
  await epochs.fill('2.000');
  await epochs.press('Enter');
  await expect(page.getByText('“2.000” can be 2 or 2000.')).toBeVisible();
  await epochs.press('Escape');
  const seed = seedField(page);
  await seed.fill('1 000');
  await seed.press('Enter');
  await expect(seed).toHaveValue('1000');
  const betas = page.getByLabel('betas', { exact: true });
  await betas.fill('0,8; 0,99');
  await betas.press('Enter');
  await expect(betas).toHaveValue('0.8, 0.99');
  await betas.fill('0,9');
  await betas.press('Enter');
  await expect(page.getByText('“0,9” can be one number or several.')).toBeVisible();
});
