/** A user with a novel: pastes it, sees how it is cut, holds a part back. Ten megabytes of it answer, too. */
import type { Page } from '@playwright/test';
import { expect, openEmptyProject, test } from './lab.ts';

/** As the browser tells the page of a paste; tests are compiled without the DOM's types, so that it is a text. */
async function pasteText(page: Page, text: string): Promise<void> {
  await page.evaluate(`{
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', ${JSON.stringify(text)});
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`);
}

const line = 'Alice was beginning to get very tired of sitting by her sister on the bank.\n';

test('a pasted text shows its streams and windows, and a press shows the batch that reads it', async ({
  page,
  lab,
}) => {
  await openEmptyProject(page, lab);
  await page.locator('label').filter({ hasText: 'Language model' }).click();
  await expect(page.getByText('A language model learns a text')).toBeVisible();
  await pasteText(page, line.repeat(10));
  await expect(page.getByText('760 tokens, 10 lines')).toBeVisible();

  const batchSize = page.getByRole('textbox', { name: 'batch_size' });
  await batchSize.fill('4');
  await batchSize.press('Enter');
  const held = page.getByRole('textbox', { name: 'Validation' });
  await held.fill('10');
  await held.press('Enter');
  await expect(page.getByText('the last 76 tokens')).toBeVisible();
  // 684 to train on: ⌊683 / 4⌋ = 170 steps in 6 windows of 32.
  await expect(page.getByText('6 batches an epoch; the last has 10 steps.')).toBeVisible();
  await expect(page.getByText('Batch 1 of 6')).toBeVisible();
  await page.getByRole('button', { name: 'The next batch' }).click();
  await expect(page.getByText('Batch 2 of 6')).toBeVisible();
  await page
    .getByRole('textbox', { name: 'Text' })
    .getByText('Alice')
    .first()
    .click({ position: { x: 60, y: 8 } });
  await expect(page.getByText('Batch 1 of 6')).toBeVisible();
});

test('ten megabytes are taken, cut and changed', async ({ page, lab }) => {
  await openEmptyProject(page, lab);
  await page.locator('label').filter({ hasText: 'Language model' }).click();
  await pasteText(page, line.repeat(131_500));
  await expect(page.getByText('9,994,000 tokens, 131,500 lines')).toBeVisible();
  const steps = page.getByRole('textbox', { name: 'sequence_length' });
  await steps.fill('100');
  await steps.press('Enter');
  await expect(page.getByText('99,940 batches an epoch')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('312,313 batches an epoch')).toBeVisible();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
});
