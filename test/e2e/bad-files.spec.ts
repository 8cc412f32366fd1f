/** Files that are not what they should be: each gets a sentence, and what was open stays open. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { epochIs, expect, goTo, openTemplate, run, test } from './lab.ts';

/** Lets a file of this name and text fall on the window, as from the desktop. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([fileName, contents]) => {
      // The page has it; these types are Node's.
      type Transfer = new () => { items: { add(file: File): void } };
      const data = new (globalThis as unknown as { DataTransfer: Transfer }).DataTransfer();
      data.items.add(new File([contents!], fileName!));
      return data;
    },
    [name, text],
  );
  const target = page.getByText('Drop a file here');
  for (const event of ['dragenter', 'dragover', 'drop']) {
    await target.dispatchEvent(event, { dataTransfer: transfer });
  }
}

test('an experiment that is cut off, or is none, says so and opens nothing', async ({ page, lab }) => {
  await page.goto(lab.url);
  await page.getByRole('button', { name: /^hello-rnn / }).waitFor();
  await drop(page, 'cut.json', '{"format": "ohlol/experiment", "version": 1, "dataset": {"task": "mapp');
  await expect(page.getByText(/ends in the middle|is not JSON|cut off/i).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^hello-rnn / })).toBeVisible();
});

test('a project that is no project is refused, and the one that is open stays', async ({ page, lab }) => {
  mkdirSync(join(lab.home, 'projects'), { recursive: true });
  writeFileSync(join(lab.home, 'projects', 'broken.ohlol'), 'this is no database');
  await openTemplate(page, lab, 'hello-rnn');
  await run(page);
  await epochIs(page, 20, 20);
  await page.keyboard.press('Control+o');
  await page.getByRole('dialog').getByText('broken.ohlol').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByText(/broken.ohlol is not a project of this lab/).first()).toBeVisible();
  await epochIs(page, 20, 20);
});

test('an export to where nobody has chosen says so beside the path', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await run(page);
  await epochIs(page, 20, 20);
  await goTo(page, 'Export');
  // The suggested name comes with the preview, and takes the field's place.
  await expect(page.getByLabel('File', { exact: true })).toHaveValue(/\.weights\.json$/);
  await page.getByLabel('File', { exact: true }).fill(join(lab.home, 'no', 'such', 'folder', 'w.json'));
  await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByText(/was not chosen in this window/).first()).toBeVisible();
  await epochIs(page, 20, 20);
});
