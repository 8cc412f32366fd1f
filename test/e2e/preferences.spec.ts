/** How many threads compute is the user's to say; what a run holds stands where its size is chosen. */
import { expect, goTo, openTemplate, test } from './lab.ts';

test('threads are chosen, told to the engine, and remembered', async ({ page, lab }) => {
  await page.goto(lab.url);
  await page.getByRole('button', { name: 'Preferences' }).click();
  await page.getByRole('menuitem', { name: 'Threads and About Ohlol…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Preferences' });
  await expect(dialog.getByTestId('engine')).toContainText('float32');
  await dialog.getByRole('combobox', { name: /^Threads: Automatic \(\d\)$/ }).click();
  await page.getByRole('option', { name: '1', exact: true }).click();
  await expect(dialog.getByRole('combobox', { name: 'Threads: 1' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.reload();
  await page.getByRole('button', { name: 'Preferences' }).click();
  await page.getByRole('menuitem', { name: 'Threads and About Ohlol…' }).click();
  await expect(dialog.getByRole('combobox', { name: 'Threads: 1' })).toBeVisible();
});

test('About shows the licences of what is bundled', async ({ page, lab }) => {
  await page.goto(lab.url);
  await page.getByRole('button', { name: 'Preferences' }).click();
  await page.getByRole('menuitem', { name: 'Threads and About Ohlol…' }).click();
  await page.getByText('Third-party notices').click();
  const notices = page.getByRole('group', { name: 'Third-party notices' });
  await expect(notices).toContainText('Apache ECharts\nCopyright 2017-');
  await expect(notices).toContainText('valibot');
});

test('the memory of a run follows the size of the model', async ({ page, lab }) => {
  await openTemplate(page, lab, 'brackets');
  await goTo(page, 'Model');
  const memory = page.getByTestId('memory');
  await expect(memory).toHaveText(/^A run holds [\d.]+ kB of memory$/);
  const before = await memory.textContent();
  const hidden = page.getByRole('textbox', { name: /hidden/i }).first();
  await hidden.fill('300');
  await hidden.press('Enter');
  await expect(memory).not.toHaveText(before!);
  await goTo(page, 'Data');
  await expect(memory).toHaveCount(0);
});
