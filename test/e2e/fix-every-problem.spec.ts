/** Rows with problems are counted as what they are, and all of a kind are mended at once. */
import { expect, openTemplate, test } from './lab.ts';

test('problems of every kind go with one press a kind, and rows count as in use only when they are', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await page.getByRole('switch', { name: /Freeze/ }).click();
  await page.getByRole('grid').getByText('Type, or paste rows').click();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  // Reversed, but for two without a target; two empty inputs; two tokens that the vocabulary lacks.
  const rows = 'hole\teloh\nhell\tlleh\nlel\tlel\nhel\t\nole\to\n\thh\n\tll\nhp\tph\nhq\tqh\n';
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(rows)})`);
  await page.keyboard.press('ControlOrMeta+v');
  const status = page.getByRole('contentinfo');
  await expect(status.getByText('4 of 10 samples in use')).toBeVisible();
  await page.getByRole('button', { name: 'Add all 2 tokens' }).first().click();
  await expect(status.getByText('6 of 10 samples in use')).toBeVisible();
  await page.getByRole('button', { name: 'Fill 2 targets from rule' }).click();
  await expect(status.getByText('8 of 10 samples in use')).toBeVisible();
  await page.getByRole('button', { name: 'Delete 2 empty rows' }).click();
  await expect(status.getByText('8 of 8 samples in use')).toBeVisible();
  await expect(status.getByText(/problem/)).toHaveCount(0);
});
