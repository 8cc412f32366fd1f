/** A user with a messy table, and with files that are no table at all. */
import { isAccessible } from './accessible.ts';
import { chooseFile, importPanel } from './import-panel.ts';
import { expect, openTemplate, test } from './lab.ts';

test('a table with a mark, quotes, semicolons and a double is shown before it is taken, and undone in one step', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  const rows =
    '\ufeffoutput;input;kind;split\r\n"b;a";a;b;x;train\r\nOHLOL;hello;y;val\r\nhlo;olh;"say ""x""";test\r\nhlo;olh;z;train\r\n';
  const table = rows.replace('"b;a";a;b;x;train', '"b;a";"a;b";x;train');
  await chooseFile(page, 'messy.csv', Buffer.from(table));
  await expect(importPanel(page).getByRole('button', { name: 'Import 4 rows' })).toBeEnabled();
  await expect(importPanel(page).getByText('leave out 1 double: line 5')).toBeVisible();
  await importPanel(page).locator('label').filter({ hasText: 'Append' }).click();
  await expect(
    importPanel(page).getByText('OHLOL').or(importPanel(page).getByText('4 rows')).first(),
  ).toBeVisible();
  await importPanel(page).getByRole('button', { name: 'Import 4 rows' }).click();
  await expect(importPanel(page)).toBeHidden();
  await expect(page.getByText('5 samples · 3 train · 2 validation')).toBeVisible();
  await expect(page.getByRole('gridcell', { name: 'target: b;a', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('1 sample · 1 train')).toBeVisible();
});

test('columns say what they are, lines that are wrong are jumped to, and nothing comes in without a target', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'names');
  const file = 'id;name;language\n1; anna ;german\n2;bob;German\n3;cy;\n4;dee;french\n';
  await chooseFile(page, 'a.csv', Buffer.from(file));
  const panel = importPanel(page);
  // What is ignored is struck out, what is cut off is drawn.
  await expect(panel.locator('.ignored').filter({ hasText: /^1$/ })).toBeVisible();
  await expect(panel.locator('tr[data-record="2"]').getByTitle('White space that is cut off')).toHaveCount(2);
  await isAccessible(page, '[role=dialog]');
  await page.keyboard.press('F8');
  await expect(panel.locator('tr[data-record="4"]')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(panel.locator('tr[data-record="5"]')).toBeFocused();
  await panel.getByRole('button', { name: 'Make them one' }).click();
  await expect(panel.getByText(/differ/)).toBeHidden();
  await panel.getByRole('combobox', { name: 'What column language is' }).click();
  await page.getByRole('option', { name: 'ignore' }).click();
  await expect(panel.getByText('Choose a target column or the mapping task')).toBeVisible();
  await expect(panel.getByRole('button', { name: /^Import 0 rows/ })).toBeDisabled();
  await page.keyboard.press('Control+Enter');
  await expect(panel).toBeVisible();
});

test('a header alone has ghost rows and says that no row comes in', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await chooseFile(page, 'a.csv', Buffer.from('input,target\n'));
  await expect(importPanel(page).getByText('No rows below the header')).toBeVisible();
  await expect(importPanel(page).getByText('No row comes in')).toBeVisible();
  await expect(importPanel(page).getByRole('button', { name: /^Import 0 rows/ })).toBeDisabled();
  await isAccessible(page, '[role=dialog]');
});

test('a novel is a text, a spreadsheet is named, and neither changes what is there', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await chooseFile(
    page,
    'book.xlsx',
    Buffer.from('PK\x03\x04 [Content_Types].xml xl/workbook.xml', 'latin1'),
  );
  await expect(importPanel(page).getByText(/spreadsheet|archive/)).toBeVisible();
  await chooseFile(
    page,
    'novel.txt',
    Buffer.from('It was the best of times, it was the worst of times.\nIt was the age of wisdom.\n'),
  );
  await expect(importPanel(page).getByText('one text', { exact: true })).toBeVisible();
  await importPanel(page).getByRole('button', { name: 'Import the text' }).click();
  await expect(page.getByText('79 tokens, 2 lines')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('1 sample · 1 train')).toBeVisible();
});
