/** A user with data of their own: a messy table, one from an older Excel in Chinese, a packed list of names. */
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expect, openTemplate, test } from './lab.ts';

const panel = (page: Page) => page.getByRole('dialog', { name: 'Import' });

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  await expect(panel(page).getByText(name)).toBeVisible();
}

/** 姓名;语言;集合;备注 as GBK has them. */
const gbk = Buffer.concat([
  Buffer.from([
    0xd0, 0xd5, 0xc3, 0xfb, 0x3b, 0xd3, 0xef, 0xd1, 0xd4, 0x3b, 0xb1, 0xb8, 0xd7, 0xa2, 0x0d, 0x0a,
  ]),
  Buffer.from('bai;', 'latin1'),
  Buffer.from([0xd6, 0xd0, 0xce, 0xc4, 0x3b, 0x0d, 0x0a]),
  Buffer.from('arnold;', 'latin1'),
  Buffer.from([0xb5, 0xc2, 0xd3, 0xef, 0x3b, 0x0d, 0x0a]),
  Buffer.from('bai;', 'latin1'),
  Buffer.from([0xd6, 0xd0, 0xce, 0xc4, 0x3b, 0x0d, 0x0a]),
]);

test('a table with a mark, quotes, semicolons and a double is shown before it is taken, and undone in one step', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  const rows =
    '\ufeffoutput;input;kind;split\r\n"b;a";a;b;x;train\r\nOHLOL;hello;y;val\r\nhlo;olh;"say ""x""";test\r\nhlo;olh;z;train\r\n';
  const table = rows.replace('"b;a";a;b;x;train', '"b;a";"a;b";x;train');
  await choose(page, 'messy.csv', Buffer.from(table));
  await expect(panel(page).getByRole('button', { name: 'Import 4 rows' })).toBeEnabled();
  await expect(panel(page).getByText('leave out 1 double: line 5')).toBeVisible();
  await panel(page).locator('label').filter({ hasText: 'Append' }).click();
  await expect(panel(page).getByText('OHLOL').or(panel(page).getByText('4 rows')).first()).toBeVisible();
  await panel(page).getByRole('button', { name: 'Import 4 rows' }).click();
  await expect(panel(page)).toBeHidden();
  await expect(page.getByText('5 samples · 3 train · 2 validation')).toBeVisible();
  await expect(page.getByRole('gridcell', { name: 'target: b;a', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('1 sample · 1 train')).toBeVisible();
});

test('GBK is found, another encoding is shown for what it makes of it, labels are renamed on the way in', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await choose(page, 'names.csv', gbk);
  await expect(panel(page).getByRole('radio', { name: /GBK/ })).toBeChecked();
  await expect(panel(page).getByText('姓名;语言;备注')).toBeVisible();
  await panel(page).getByRole('radio', { name: /UTF-8/ }).check();
  await expect(panel(page).getByRole('button', { name: 'Read as GBK' })).toBeVisible();
  await panel(page).getByRole('button', { name: 'Read as GBK' }).click();
  const label = panel(page).getByRole('textbox', { name: 'Label 中文 becomes' });
  await label.fill('Chinese');
  await label.press('Enter');
  await page.keyboard.press('Control+Enter');
  await expect(panel(page)).toBeHidden();
  await expect(page.getByText('3 samples · 3 train')).toBeVisible();
  await expect(page.getByRole('gridcell', { name: 'label: Chinese' })).toHaveCount(2);
});

test('five thousand names, packed, come in and can be given up before', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  const names = Array.from({ length: 5000 }, (_, i) => `name${i},${['de', 'fr', 'it'][i % 3]}`);
  const packed = gzipSync(`name,language\n${names.join('\n')}\n`);
  await choose(page, 'names.csv.gz', packed);
  await expect(panel(page).getByText('Unpacked from gzip')).toBeVisible();
  await panel(page).focus();
  await page.keyboard.press('Escape');
  await expect(panel(page)).toBeHidden();
  await expect(page.getByText('1 sample · 1 train')).toBeVisible();
  await choose(page, 'names.csv.gz', packed);
  await panel(page).getByRole('button', { name: 'Import 5,000 rows' }).click();
  await expect(page.getByText('5,000 samples · 5,000 train')).toBeVisible();
});

test('a novel is a text, a spreadsheet is named, and neither changes what is there', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await choose(page, 'book.xlsx', Buffer.from('PK\x03\x04 [Content_Types].xml xl/workbook.xml', 'latin1'));
  await expect(panel(page).getByText(/spreadsheet|archive/)).toBeVisible();
  await choose(
    page,
    'novel.txt',
    Buffer.from('It was the best of times, it was the worst of times.\nIt was the age of wisdom.\n'),
  );
  await expect(panel(page).getByText('one text', { exact: true })).toBeVisible();
  await panel(page).getByRole('button', { name: 'Import the text' }).click();
  await expect(page.getByText('79 tokens, 2 lines')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('1 sample · 1 train')).toBeVisible();
});
