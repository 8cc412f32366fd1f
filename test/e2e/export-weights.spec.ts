/** A hobbyist takes the trained weights away as JSON, and brings them back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { epochIs, expect, goTo, openTemplate, pytorch, run, test } from './lab.ts';

test('the exported weights are PyTorch’s own keys, shapes and numbers, and read back', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await run(page);
  await epochIs(page, 20, 20);
  await goTo(page, 'Export');
  const path = join(lab.home, 'projects', 'mine.weights.json');
  await page.getByLabel('File', { exact: true }).fill(path);
  await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByText(/read back/i).first()).toBeVisible();

  const { format, vocabulary, weights } = JSON.parse(readFileSync(path, 'utf8'));
  expect(format).toBe('ohlol/weights');
  expect(vocabulary).toEqual(['e', 'h', 'l', 'o']);
  const { finalWeights } = pytorch('train-hello-rnn-seed2');
  expect(Object.keys(weights)).toEqual(Object.keys(finalWeights));
  for (const [key, { shape, data }] of Object.entries(finalWeights)) {
    expect(weights[key].shape).toEqual(shape);
    for (const [i, value] of data.entries())
      expect(Math.abs(weights[key].data[i] - value)).toBeLessThan(5e-6);
  }
});

test('a path that is being typed is kept when a name is suggested meanwhile', async ({ page, lab }) => {
  const preview = await holdAnswer(page, 'previewExport');
  await openTemplate(page, lab, 'hello-rnn');
  await run(page);
  await epochIs(page, 20, 20);
  await goTo(page, 'Export');
  const file = page.getByLabel('File', { exact: true });
  await expect(file).toHaveValue('');
  await file.pressSequentially('mine');
  preview.release();
  await expect(page.getByText('rnn.weight_ih_l0').first()).toBeVisible();
  await expect(file).toHaveValue('mine');
  await file.pressSequentially('.json');
  await file.press('Enter');
  await expect(file).toHaveValue('mine.json');
  // Given up, the suggested name stands there.
  await file.fill('');
  await file.press('Enter');
  await expect(file).toHaveValue(/\.weights\.json$/);
});

/** The lab's answers to this call wait until they are released. */
async function holdAnswer(page: Page, method: string): Promise<{ release(): void }> {
  const asked = new Set<unknown>();
  const held: (() => void)[] = [];
  let holds = true;
  await page.routeWebSocket(/\/lab$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const { m, i } = JSON.parse(String(text));
      if (m === method) asked.add(i);
      server.send(text);
    });
    server.onMessage((text) => {
      const { t, i } = JSON.parse(String(text));
      if (holds && t === 's' && asked.has(i)) held.push(() => socket.send(text));
      else socket.send(text);
    });
  });
  return {
    release() {
      holds = false;
      for (const send of held) send();
    },
  };
}
