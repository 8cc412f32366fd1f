/** A learner raises the learning rate until the run diverges, goes back to before that, and goes on with a smaller one. */
import { epochIs, expect, goTo, openTemplate, run, test } from './lab.ts';

test('a run that has diverged is gone back in, and a branch with a smaller lr learns', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Model');
  await page.getByText('relu', { exact: true }).click();
  await goTo(page, 'Train');
  await page.getByLabel(/^Optimizer: /).click();
  await page.getByRole('option', { name: 'SGD' }).click();
  const lr = page.getByLabel('Learning rate', { exact: true });
  for (let epoch = 1; epoch <= 5; epoch++) {
    await page.getByRole('button', { name: 'Step one epoch' }).click();
    await epochIs(page, epoch, 20);
  }
  const before = Number(await page.getByTestId('loss').textContent());
  await lr.fill('1e10');
  await lr.press('Enter');
  await run(page);
  await expect(page.getByText(/diverged after epoch \d+/)).toBeVisible();

  // The time machine knows where the rate was changed, and every epoch until the last that had numbers.
  const field = page.getByRole('textbox', { name: 'Epoch to look at' });
  await field.fill('5');
  await field.press('Enter');
  await expect(page.getByText(/^looking at epoch 5 of \d+$/)).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Time machine' })).toHaveAttribute(
    'aria-valuetext',
    /lr 10000000000/,
  );
  await expect(page.getByTestId('loss')).toHaveText(before.toFixed(6));

  await page.getByRole('button', { name: 'Branch from here…' }).click();
  const dialog = page.getByRole('dialog', { name: 'A new run from epoch 5' });
  // A tenth, and never more than 0.01, is what is offered.
  await expect(dialog.getByRole('textbox', { name: 'Learning rate' })).toHaveValue('0.01');
  await dialog.getByRole('textbox', { name: 'Learning rate' }).fill('0.05');
  await dialog.getByRole('textbox', { name: 'Learning rate' }).press('Enter');
  await dialog.getByRole('button', { name: 'Branch', exact: true }).click();
  await expect(page.getByText('branched from run 1, epoch 5')).toBeVisible();
  await expect(page.getByText(/diverged after epoch/)).toHaveCount(0);
  await run(page);
  await epochIs(page, 20, 20);
  expect(Number(await page.getByTestId('loss').textContent())).toBeLessThan(before);
  // What has diverged is there still, as it was.
  await page
    .getByRole('group', { name: 'Where this run comes from' })
    .getByRole('button', { name: 'Run 1' })
    .click();
  await expect(page.getByText(/diverged after epoch \d+/)).toBeVisible();
});
