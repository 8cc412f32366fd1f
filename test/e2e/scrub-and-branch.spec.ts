/** A learner goes back to an epoch, sees the run as it was, and has it go on from there otherwise; PyTorch has the numbers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { epochIs, expect, goTo, openTemplate, pytorch, run, test } from './lab.ts';

const { epochs, initialWeights } = pytorch('train-hello-rnn-seed2');
const scrubber = (page: Page) => page.getByRole('slider', { name: 'Time machine' });
const chip = (page: Page, epoch: number) => page.getByText(`looking at epoch ${epoch} of 20`);
const said = (epoch: number) => epochs[epoch - 1]!.predictions[0]!;
const lossOf = (epoch: number) => epochs[epoch - 1]!.loss.toFixed(6);

async function trainHello(page: Page, lab: { url: string }): Promise<void> {
  await openTemplate(page, lab as never, 'hello-rnn');
  await goTo(page, 'Train');
  await run(page);
  await epochIs(page, 20, 20);
  // The time machine knows of the end with the run's summary, a moment after the last row.
  await expect(scrubber(page)).toHaveAttribute('aria-valuenow', '20');
}

/** By its field, as one types a number. */
async function lookAt(page: Page, epoch: number): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Epoch to look at' });
  await field.fill(String(epoch));
  await field.press('Enter');
  await expect(chip(page, epoch)).toBeVisible();
}

async function branch(page: Page, kind: string, fill?: (page: Page) => Promise<void>): Promise<void> {
  await page.getByRole('button', { name: 'Branch from here…' }).click();
  const dialog = page.getByRole('dialog', { name: /^A new run from epoch/ });
  await dialog.getByLabel(/^What is different/).click();
  await page.getByRole('option', { name: kind, exact: true }).click();
  await fill?.(page);
  await dialog.getByRole('button', { name: 'Branch', exact: true }).click();
}

test('each epoch is shown as PyTorch had it, on every screen, and looking changes nothing', async ({
  page,
  lab,
}) => {
  await trainHello(page, lab);
  await scrubber(page).focus();
  // Epochs without a checkpoint: each is replayed.
  for (const epoch of [19, 18, 17]) {
    await page.keyboard.press('ArrowLeft');
    await expect(chip(page, epoch)).toBeVisible();
    await epochIs(page, epoch, 20);
    await expect(page.getByTestId('loss')).toHaveText(lossOf(epoch));
  }
  // Typed on the scrubber: 5.
  await page.keyboard.press('5');
  await page.keyboard.press('Enter');
  await expect(chip(page, 5)).toBeVisible();
  await expect(page.getByTestId('loss')).toHaveText(lossOf(5));
  await expect(page.getByText(/^replayed \d epochs?, from epoch [0-4]$/)).toBeVisible();
  await expect(page.getByRole('option', { name: new RegExp(`^Epoch 5: ${said(5)}`) })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await expect(page.getByRole('heading', { name: 'Probabilities, epoch 5' })).toBeVisible();

  // Model shows what the weights after that epoch say: what the next epoch's forward pass said.
  await goTo(page, 'Model');
  await expect(chip(page, 5)).toBeVisible();
  for (const [t, token] of [...said(6)].entries())
    await expect(page.locator(`[data-node="output ${t + 1}"]`)).toHaveText(token);

  // Export writes that epoch; before the first update it is what PyTorch began with.
  await goTo(page, 'Export');
  await expect(page.getByRole('textbox', { name: 'Epoch', exact: true })).toHaveValue('5');
  await expect(page.getByText(/"trained": \{ "epochs": 5, "loss": 0\.9526/)).toBeVisible();
  await page.getByRole('textbox', { name: 'Epoch', exact: true }).fill('0');
  await page.keyboard.press('Enter');
  await expect(chip(page, 0)).toBeVisible();
  await expect(page.getByText('"trained": null')).toBeVisible();
  const path = join(lab.home, 'projects', 'first.weights.json');
  await page.getByLabel('File', { exact: true }).fill(path);
  await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByText(/read back/i).first()).toBeVisible();
  const { weights } = JSON.parse(readFileSync(path, 'utf8'));
  for (const [key, { data }] of Object.entries(initialWeights))
    expect(weights[key].data.map(Math.fround)).toEqual(data);

  await page.keyboard.press('Escape');
  await goTo(page, 'Train');
  await expect(page.getByText(/^looking at/)).toHaveCount(0);
  await epochIs(page, 20, 20);
  await expect(page.getByTestId('loss')).toHaveText(lossOf(20));
  await expect(page.getByRole('button', { name: /^Nothing to undo/ })).toBeVisible();
});

test('a drag, the keys and the charts choose the same epoch; the end is the run as it stands', async ({
  page,
  lab,
}) => {
  await trainHello(page, lab);
  const box = (await scrubber(page).boundingBox())!;
  await page.mouse.move(box.x + box.width - 30, box.y + 14);
  await page.mouse.down();
  for (let x = box.width - 40; x > 60; x -= 25) await page.mouse.move(box.x + x, box.y + 14);
  await page.mouse.move(box.x + box.width / 2, box.y + 14);
  await page.mouse.up();
  await expect(page.getByText(/^replayed \d+ epochs?, from epoch \d+$/)).toBeVisible();
  const dragged = Number(await scrubber(page).getAttribute('aria-valuenow'));
  expect(dragged).toBeGreaterThan(7);
  expect(dragged).toBeLessThan(14);
  await expect(page.getByTestId('loss')).toHaveText(lossOf(dragged));

  await scrubber(page).focus();
  await page.keyboard.press('PageDown');
  await expect(chip(page, dragged - 2)).toBeVisible();
  await page.keyboard.press('Home');
  await expect(chip(page, 0)).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByText(/^looking at/)).toHaveCount(0);
  // Wherever the focus is.
  await page.getByRole('heading', { name: 'Train', exact: true }).click();
  await page.keyboard.press(',');
  await expect(chip(page, 19)).toBeVisible();
  await page.keyboard.press(',');
  await expect(chip(page, 18)).toBeVisible();
  await page.keyboard.press('.');
  await expect(chip(page, 19)).toBeVisible();
  await page.getByRole('slider', { name: 'Loss', exact: true }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(chip(page, 1)).toBeVisible();
  // Nothing is zoomed: Esc is the way back from there too.
  await page.keyboard.press('Escape');
  await expect(page.getByText(/^looking at/)).toHaveCount(0);
});

test('a branch goes on from there with one change, says where it comes from, and can be undone', async ({
  page,
  lab,
}) => {
  await trainHello(page, lab);
  await lookAt(page, 12);
  await page.getByRole('button', { name: 'Branch from here…' }).click();
  await expect(page.getByRole('dialog', { name: 'A new run from epoch 12' })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(chip(page, 12)).toBeVisible();

  await branch(page, 'Learning rate', async () => {
    const field = page.getByRole('dialog').getByRole('textbox', { name: 'Learning rate' });
    await field.fill('0.5');
    await field.press('Enter');
  });
  await expect(page.getByLabel(/^Run: Run 2/)).toBeVisible();
  await epochIs(page, 12, 20);
  await expect(page.getByText('branched from run 1, epoch 12')).toBeVisible();
  const ancestry = page.getByRole('group', { name: 'Where this run comes from' });
  await expect(ancestry).toHaveText(/Run 1.*→ epoch 12 · lr 0\.5 →.*Run 2/s);
  // What it began with stands in the board.
  await expect(page.getByRole('option', { name: new RegExp(`^Epoch 12: ${said(12)}`) })).toBeVisible();

  await run(page);
  await epochIs(page, 20, 20);
  // The change takes effect in the update of epoch 13, whose forward pass is its parent's still.
  const row = (epoch: number) => page.getByRole('option', { name: new RegExp(`^Epoch ${epoch}: `) });
  await expect(row(13)).toContainText(epochs[12]!.loss.toFixed(4));
  await expect(row(14)).not.toContainText(epochs[13]!.loss.toFixed(4));
  // Epochs before it began are its parent's.
  await lookAt(page, 6);
  await expect(page.getByTestId('loss')).toHaveText(lossOf(6));
  await expect(row(6)).toContainText(epochs[5]!.loss.toFixed(4));
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: /^Undo: Branch of run 1 from epoch 12/ }).click();
  await expect(page.getByLabel(/^Run: Run 1/)).toBeVisible();
  await epochIs(page, 20, 20);
  await expect(ancestry).toHaveCount(0);
});

test('a branch without a change comes to PyTorch’s numbers again; what cannot be is said', async ({
  page,
  lab,
}) => {
  await trainHello(page, lab);
  await lookAt(page, 7);
  await branch(page, 'Nothing');
  await epochIs(page, 7, 20);
  await run(page);
  await epochIs(page, 20, 20);
  await expect(page.getByTestId('loss')).toHaveText(lossOf(20));

  // One sample, no dropout: another seed would change nothing.
  await page.getByRole('button', { name: 'Branch from here…' }).click();
  await page
    .getByRole('dialog')
    .getByLabel(/^What is different/)
    .click();
  const idle = page.getByRole('option', { name: /^Seed: nothing is drawn/ });
  await expect(idle).toHaveAttribute('data-disabled');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // Another token has no weights in it.
  await goTo(page, 'Data');
  await page.getByRole('gridcell', { name: /ohlol/ }).first().dblclick();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('ohxol');
  await page.keyboard.press('Enter');
  await goTo(page, 'Train');
  await lookAt(page, 12);
  await branch(page, 'Data, as it is now');
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('"x"');
  await page.keyboard.press('Escape');
  await expect(chip(page, 12)).toBeVisible();
});
