/** A lesson ends, a lid closes, the power goes: the project opens as it was. */
import type { Page } from '@playwright/test';
import { type LabProcess, makeHome, removeHome, startLab } from '../lab-process.ts';
import { epochIs, expect, goTo, openTemplate, pytorch, run, seedField, test } from './lab.ts';

const finalLoss = pytorch('train-hello-rnn-seed2').epochs.at(-1)!.loss.toFixed(6);

async function expectTrainedProject(page: Page): Promise<void> {
  await epochIs(page, 20, 20);
  await expect(page.getByTestId('loss')).toHaveText(finalLoss);
  await goTo(page, 'Train');
  await expect(page.getByRole('option', { name: /^Epoch 20: ohlol/ })).toBeVisible();
}

async function reopenFromStart(page: Page, lab: LabProcess): Promise<void> {
  await page.goto(lab.url);
  await page.getByRole('button', { name: /hello → ohlol/ }).click();
}

for (const [how, end] of [
  ['closed', 'stop'],
  ['killed', 'kill'],
] as const) {
  test(`a project whose lab was ${how} comes back with its finished run, its edits and its undo`, async ({
    page,
  }) => {
    const home = makeHome();
    try {
      const first = await startLab(home);
      await openTemplate(page, first, 'hello-rnn');
      await run(page);
      await epochIs(page, 20, 20);
      const seed = seedField(page);
      await seed.fill('7');
      await seed.press('Enter');
      await expect(page.getByRole('button', { name: /^Undo: Seed 7/ })).toBeEnabled();
      await page.goto('about:blank');
      await first[end]();

      const second = await startLab(home);
      await reopenFromStart(page, second);
      await expectTrainedProject(page);
      await page.getByRole('button', { name: /^Undo: Seed 7/ }).click();
      await expect(seedField(page)).toHaveValue('2');
      await page.goto('about:blank');
      await second.stop();
    } finally {
      removeHome(home);
    }
  });
}

test('a window that is reloaded shows the same project, screen and run', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await run(page);
  await epochIs(page, 20, 20);
  await goTo(page, 'Train');
  await page.reload();
  await expectTrainedProject(page);
});

test('the question before closing knows when the run has ended meanwhile', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await page.getByLabel('Speed').click();
  await page.getByRole('option', { name: '2 epochs/s' }).click();
  await run(page);
  await expect(page.getByTestId('epoch')).toHaveText(/^\s*[1-9]\d* \/ 20$/);
  await page.getByRole('button', { name: 'All projects' }).click();
  const question = page.getByRole('dialog');
  await expect(question.getByRole('button')).not.toHaveCount(0);
  await expect(question.getByText(/run 1/i)).toBeVisible();
  // Twenty epochs at two a second.
  await expect(question.getByText('It has ended in the meantime; nothing is interrupted.')).toBeVisible();
  await question.getByRole('button', { name: 'Close project' }).click();
  await expect(page.getByRole('button', { name: /^hello-rnn / })).toBeVisible();
});
