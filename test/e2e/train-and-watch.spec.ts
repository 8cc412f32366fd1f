/** A learner watches the network learn: run, pause, step, and what the chart and the board show of it. */
import { epochIs, expect, goTo, openTemplate, pytorch, run, seedField, test, transport } from './lab.ts';

test('stepping shows each epoch’s predicted string and loss as PyTorch has them', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  const { epochs } = pytorch('train-hello-rnn-seed2');
  for (let epoch = 1; epoch <= 8; epoch++) {
    await page.getByRole('button', { name: 'Step one epoch' }).click();
    await epochIs(page, epoch, 20);
    const { loss, predictions } = epochs[epoch - 1]!;
    const row = page.getByRole('option', { name: `Epoch ${epoch}: ${predictions[0]}` });
    await expect(row).toContainText(loss.toFixed(4));
  }
});

test('a run at two epochs a second can be paused, goes on, and ends at its epochs', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  await page.getByLabel('Speed').click();
  await page.getByRole('option', { name: '2 epochs/s' }).click();
  await run(page);
  // Any epoch but the first and the last: they pass twice a second.
  await expect(page.getByTestId('epoch')).toHaveText(/^\s*([2-9]|1\d) \/ 20$/);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(transport(page).getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  const paused = await page.getByTestId('epoch').textContent();
  await page.getByLabel('Speed').click();
  await page.getByRole('option', { name: 'Full speed' }).click();
  await expect(page.getByTestId('epoch')).toHaveText(paused!);
  await run(page);
  await epochIs(page, 20, 20);
});

test('reset starts again from the same initial weights', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  await run(page);
  await epochIs(page, 20, 20);
  const loss = await page.getByTestId('loss').textContent();
  await transport(page).getByRole('button', { name: 'Reset' }).click();
  await epochIs(page, 0, 20);
  await run(page);
  await epochIs(page, 20, 20);
  await expect(page.getByTestId('loss')).toHaveText(loss!);
});

test('another seed is another run, and undo brings the old seed back', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  const seed = seedField(page);
  await seed.fill('3');
  await seed.press('Enter');
  await run(page);
  await epochIs(page, 20, 20);
  await expect(page.getByTestId('loss')).toHaveText(
    pytorch('train-hello-rnn-seed3').epochs.at(-1)!.loss.toFixed(6),
  );
  await page.getByRole('button', { name: /^Undo: Seed 3/ }).click();
  await expect(seed).toHaveValue('2');
});

test('a learning rate of 0, −1 or words, and 1e9 epochs, get their sentence and reach nothing', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  const lr = page.getByLabel('Learning rate', { exact: true });
  for (const [typed, sentence] of [
    ['0', /not above 0/],
    ['-1', /not above 0/],
    ['fast', /“fast” is not a number/],
  ] as const) {
    await lr.fill(typed);
    await lr.press('Enter');
    await expect(page.getByText(sentence)).toBeVisible();
  }
  await lr.fill('0.05');
  await lr.press('Enter');
  const epochs = page.getByLabel('Epochs', { exact: true });
  await epochs.fill('1e9');
  await epochs.press('Enter');
  await expect(page.getByText(/the most/)).toBeVisible();
  await epochs.fill('20');
  await epochs.press('Enter');
  await run(page);
  await epochIs(page, 20, 20);
  await expect(page.getByTestId('loss')).toHaveText(
    pytorch('train-hello-rnn-seed2').epochs.at(-1)!.loss.toFixed(6),
  );
});

test('a run that diverges says where, and what to try', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Model');
  await page.getByText('relu', { exact: true }).click();
  await goTo(page, 'Train');
  const lr = page.getByLabel('Learning rate', { exact: true });
  await lr.fill('1e30');
  await lr.press('Enter');
  await run(page);
  await expect(page.getByText(/diverged after epoch \d+/)).toBeVisible();
  await expect(page.getByText(/Try a lower learning rate/)).toBeVisible();
});

test('the board follows a run at full speed and asks for no rows that nobody sees', async ({ page, lab }) => {
  const asked: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      if (typeof payload === 'string' && payload.includes('"getEpochs"')) asked.push(payload);
    });
  });
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  const field = page.getByRole('textbox', { name: 'Epochs', exact: true });
  await field.fill('20000');
  await field.press('Enter');
  await run(page);
  await epochIs(page, 20_000, 20_000);
  await expect(page.getByRole('option', { name: /^Epoch 20000: / })).toBeVisible();
  expect(asked.length).toBeGreaterThan(2);
  // Older rows would be asked for in pages of 128.
  expect(asked.filter((call) => call.includes('"limit":128'))).toEqual([]);

  // Scrolled away, the board stays where it is; at the end again it follows.
  const board = page.getByRole('listbox', { name: 'Predicted text of every epoch' });
  await board.hover();
  await page.mouse.wheel(0, -2000);
  await expect(page.getByRole('switch', { name: 'Follow' })).not.toBeChecked();
  await expect(page.getByRole('option', { name: /^Epoch 20000: / })).toBeHidden();
  await page.getByRole('switch', { name: 'Follow' }).click();
  await expect(page.getByRole('option', { name: /^Epoch 20000: / })).toBeVisible();
});
