/** A hobbyist takes the trained weights away as JSON, and brings them back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
