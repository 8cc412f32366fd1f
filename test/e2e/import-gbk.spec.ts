/** A user with a table from an older Excel in Chinese. */
import { AxeBuilder } from '@axe-core/playwright';
import { chooseFile, importPanel } from './import-panel.ts';
import { expect, openTemplate, test } from './lab.ts';

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

test('GBK is found, another encoding is shown for what it makes of it, labels are renamed on the way in', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await chooseFile(page, 'names.csv', gbk);
  await expect(importPanel(page).getByRole('radio', { name: /GBK/ })).toBeChecked();
  await expect(importPanel(page).getByText('姓名;语言;备注')).toBeVisible();
  await importPanel(page).getByRole('radio', { name: /UTF-8/ }).check();
  await expect(importPanel(page).getByRole('button', { name: 'Read as GBK' })).toBeVisible();
  await importPanel(page).getByRole('button', { name: 'Read as GBK' }).click();
  await importPanel(page).getByRole('combobox', { name: 'Label 中文 becomes' }).click();
  await page.getByRole('option', { name: 'Another name…' }).click();
  const label = importPanel(page).getByRole('textbox', { name: 'Label 中文 becomes' });
  await label.fill('Chinese');
  await label.press('Enter');
  // What is shown is what is taken: until then the key does nothing.
  await expect(importPanel(page).getByRole('button', { name: /^Import 3 rows/ })).toBeEnabled();
  await page.keyboard.press('Control+Enter');
  await expect(importPanel(page)).toBeHidden();
  await expect(page.getByText('3 samples · 3 train')).toBeVisible();
  await expect(page.getByRole('gridcell', { name: 'label: Chinese' })).toHaveCount(2);
});

test('a wrong encoding is said, and locks the import until another is chosen or it is meant', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'names');
  await chooseFile(page, 'names.csv', gbk);
  const panel = importPanel(page);
  await panel.getByRole('radio', { name: /Windows-1252/ }).check();
  const banner = panel.getByRole('alert');
  await expect(banner).toContainText('Looks wrongly decoded. As GBK the same bytes are 姓名;语言;备注');
  await expect(panel.getByText('Choose another encoding, or “Import anyway”')).toBeVisible();
  await expect(panel.getByRole('button', { name: /^Import 0 rows/ })).toBeDisabled();
  const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await banner.getByRole('button', { name: 'Read as GBK' }).click();
  await expect(banner).toBeHidden();
  // By keys, to the one after it and back.
  await panel.focus();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(panel.getByRole('radio', { name: /GBK/ })).not.toBeChecked();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(panel.getByRole('radio', { name: /GBK/ })).toBeChecked();
  await panel.getByRole('radio', { name: /Windows-1252/ }).check();
  await banner.getByRole('button', { name: 'Import anyway' }).click();
  // Read so, its first line has no names of columns.
  await expect(panel.getByRole('button', { name: /^Import 4 rows/ })).toBeEnabled();
});
