/** Whoever exports finds every format of the one list, and a file of each where the window says it is. */
import { readFileSync } from 'node:fs';
import { exportFormatNames, findExporter } from '../../engine/formats/exports.ts';
import { epochIs, expect, goTo, openTemplate, run, test } from './lab.ts';

test('each format has its card, and writes a file that its own reader takes', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await run(page);
  await epochIs(page, 20, 20);
  await goTo(page, 'Export');
  const cards = page.getByRole('radiogroup', { name: 'Format' }).getByRole('radio');
  await expect(cards).toHaveCount(exportFormatNames.length);

  const written = new Set<string>();
  for (const format of exportFormatNames) {
    const { ending, check } = findExporter(format);
    const card = cards.filter({ has: page.getByText(ending, { exact: true }) });
    await card.click();
    await expect(card).toBeChecked();
    const file = page.getByLabel('File', { exact: true });
    await expect(file).toHaveValue(new RegExp(`${ending.replaceAll('.', '\\.')}$`));
    await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click();
    const path = await file.inputValue();
    await expect(page.getByRole('status').filter({ hasText: path })).toBeVisible();
    expect(check(readFileSync(path)), format).toMatchObject({ ok: true });
    written.add(path);
  }
  expect(written.size).toBe(exportFormatNames.length);
});
