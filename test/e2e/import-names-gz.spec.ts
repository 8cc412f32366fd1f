/** A user with a packed list of names. */
import { gzipSync } from 'node:zlib';
import { chooseFile, importPanel } from './import-panel.ts';
import { expect, openTemplate, test } from './lab.ts';

test('five thousand names, packed, come in and can be given up before', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  const names = Array.from({ length: 5000 }, (_, i) => `name${i},${['de', 'fr', 'it'][i % 3]}`);
  const packed = gzipSync(`name,language\n${names.join('\n')}\n`);
  await chooseFile(page, 'names.csv.gz', packed);
  await expect(importPanel(page).getByText('Unpacked from gzip')).toBeVisible();
  await importPanel(page).focus();
  await page.keyboard.press('Escape');
  await expect(importPanel(page)).toBeHidden();
  await expect(page.getByText('1 sample · 1 train')).toBeVisible();
  await chooseFile(page, 'names.csv.gz', packed);
  await importPanel(page).getByRole('button', { name: 'Import 5,000 rows' }).click();
  await expect(page.getByText('5,000 samples · 5,000 train')).toBeVisible();
});
