/** A learner sees overfitting on names, beside the run before, and reads the numbers behind the lines. */
import { AxeBuilder } from '@axe-core/playwright';
import { epochIs, expect, goTo, openTemplate, run, test } from './lab.ts';

test('what is held back is drawn beside the run, marked at its least, and listed with every digit', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'names');
  await goTo(page, 'Train');
  await run(page);
  await epochIs(page, 20, 20);
  await expect(page.getByText(/^least validation, epoch \d+$/)).toBeVisible();
  // Which line is which stands below the chart; training and validation share one read-out.
  for (const part of ['training', 'validation'])
    await expect(page.getByText(part, { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/^91 \/ 91\s?\d\d \/ 23$/)).toBeVisible();

  const menu = page.getByRole('button', { name: 'Menu of Loss' });
  await page.getByRole('button', { name: 'All numbers' }).click();
  await page.getByRole('menuitem', { name: 'All numbers as a table' }).click();
  const table = page.getByRole('table', { name: 'Run 1, every epoch' });
  await expect(table.getByRole('columnheader')).toHaveCount(7);
  const first = table
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: '1', exact: true }) });
  await expect(first.getByRole('cell').first()).toHaveText(/^1\.\d{5,}$/);
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(table).toBeHidden();

  await menu.click();
  await page.getByRole('menuitem', { name: 'Smoothed, β = 0.9', exact: true }).click();
  await menu.click();
  await page.getByRole('menuitem', { name: 'Epochs on a log axis' }).click();
  // What is read at the cursor is never smoothed.
  await page.getByRole('slider', { name: 'Loss', exact: true }).focus();
  await page.keyboard.press('Home');
  await expect(page.getByRole('slider', { name: 'Loss', exact: true })).toHaveAttribute(
    'aria-valuetext',
    /^epoch 1, loss 1\./,
  );
});

test('the run before stays as a ghost until it is put away', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  const menu = page.getByRole('button', { name: 'Menu of Loss' });
  await run(page);
  await epochIs(page, 20, 20);
  await menu.click();
  await expect(page.getByRole('menuitem', { name: /as a ghost/ })).toBeDisabled();
  await page.keyboard.press('Escape');
  await run(page);
  await expect(page.getByText(/^Run 2/).first()).toBeVisible();
  await epochIs(page, 20, 20);
  await menu.click();
  await page.getByRole('menuitem', { name: 'Run 1 as a ghost' }).click();
});
