import { expect, goTo, openTemplate, run, test } from './lab.ts';

test('a label task shows who is called what, how sure, and what is taken for what', async ({ page, lab }) => {
  await openTemplate(page, lab, 'names');
  await goTo(page, 'Train');
  await expect(page.getByText('Every sequence with its label appears here')).toBeVisible();
  await run(page);
  await expect(page.getByRole('heading', { name: 'Predictions, epoch 20' })).toBeVisible();
  const board = page.getByRole('list', { name: 'What each sequence is called' });
  const rows = board.getByRole('listitem');
  // Of the training samples, least sure first.
  const sure = async () =>
    (await rows.evaluateAll((all) =>
      all.map((row) => Number(/[\d.e−-]+$/.exec(row.getAttribute('aria-label')!)![0])),
    )) as number[];
  const probabilities = await sure();
  expect(probabilities.length).toBeGreaterThan(5);
  expect(probabilities).toEqual([...probabilities].sort((a, b) => a - b));
  await expect(page.getByTestId('labels-right')).toHaveText(/^\d+ \/ 91 right$/);

  await page.getByRole('radiogroup', { name: 'Which samples' }).getByText('validation').click();
  await expect(page.getByTestId('labels-right')).toHaveText(/^\d+ \/ 23 right$/);
  const [right] = (await page.getByTestId('labels-right').textContent())!.split(' ');
  // The accuracy of the same epoch says as many.
  await expect(page.getByText(`${right} / 23`, { exact: true })).toBeVisible();

  const table = page.getByRole('grid', { name: 'Is (row), says (column)' });
  const cells = await table
    .getByRole('gridcell')
    .evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label')!));
  expect(cells).toHaveLength(16);
  const total = cells.reduce((sum, label) => sum + Number(/\d+$/.exec(label)![0]), 0);
  expect(total).toBe(23);
  const wrong = cells.find((label, i) => i % 5 !== 0 && !label.endsWith(': 0'))!;
  await table.getByRole('gridcell', { name: wrong }).click();
  await expect(rows).toHaveCount(Number(/\d+$/.exec(wrong)![0]));
  await page.getByRole('button', { name: 'Show all', exact: true }).click();
  await expect(rows).not.toHaveCount(Number(/\d+$/.exec(wrong)![0]));

  // The table is one stop; arrows move in it.
  await table.getByRole('gridcell').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Show all', exact: true })).toBeVisible();
});

test('a long sample shows the steps that differ, and all of them on wish', async ({ page, lab }) => {
  await openTemplate(page, lab, 'delayed-echo');
  await goTo(page, 'Train');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('option', { name: /^Epoch 1: / })).toBeVisible();
  await run(page);
  await expect(page.getByText('finished', { exact: true })).toBeVisible();
  // The one step that the task is about is among them.
  const heads = page.locator('.heads .step');
  await expect(heads.last()).toHaveText('21');
  await page.getByRole('radiogroup', { name: 'Which steps have a column' }).getByText('all 21').click();
  await expect(heads).toHaveCount(0);
  await expect(page.getByText('t 1–8 / 21')).toBeVisible();
  // Every step is listed with its likeliest tokens, and the last one is opened.
  await expect(page.getByTestId('opened-step')).toContainText('t = 21');
  await page
    .getByRole('grid', { name: /^Every step/ })
    .getByRole('gridcell')
    .first()
    .focus();
  await expect(page.getByTestId('opened-step')).toContainText('t = 1');
});

test('a language model shows what it writes, the same for the same seed', async ({ page, lab }) => {
  await openTemplate(page, lab, 'brackets');
  await goTo(page, 'Train');
  await run(page);
  await expect(page.getByText('finished', { exact: true })).toBeVisible();
  const text = page.getByTestId('generated');
  await expect(page.getByRole('heading', { name: 'Writes, epoch 40' })).toBeVisible();
  await expect(text).toHaveText(/^[[\]() ]{300,}$/);
  const first = await text.textContent();
  const seed = page.getByRole('textbox', { name: 'Seed of the text' });
  await seed.fill('5');
  await seed.press('Enter');
  await expect(text).not.toHaveText(first!);
  await seed.fill('0');
  await seed.press('Enter');
  await expect(text).toHaveText(first!);
});
