/** A teacher shows a two-layer LSTM in both directions: what is joined to what, step by step, by keys and pointer. */
import { AxeBuilder } from '@axe-core/playwright';
import { epochIs, expect, goTo, openTemplate, run, test } from './lab.ts';

test('the drawing follows the builder, moves through long sequences, and says what each part is', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'names');
  await goTo(page, 'Model');
  await page.getByText('LSTM', { exact: true }).first().click();
  await page.getByLabel('num_layers').fill('2');
  await page.keyboard.press('Enter');
  await page.getByRole('switch', { name: 'bidirectional' }).click();
  const node = (id: string) => page.locator(`[data-node="${id}"]`);
  await expect(node('cell l1_reverse 1')).toBeVisible();
  // A label is read from the last state of each direction.
  await expect(node('head last')).toContainText('cat(h_n[-2], h_n[-1])');

  await node('cell l1_reverse 1').hover();
  await expect(page.getByText('c_t', { exact: false })).toHaveCount(0);
  await expect(page.getByText('cₜ = fₜ ⊙ cₜ₊₁ + iₜ ⊙ gₜ')).toBeVisible();
  await page.getByRole('row', { name: /rnn\.weight_hh_l1_reverse/ }).hover();
  await expect(page.locator('[data-weight="rnn.weight_ih_l0"]').first()).toHaveClass(/faded/);
  await expect(page.locator('[data-weight="rnn.weight_hh_l1_reverse"]').first()).not.toHaveClass(/faded/);

  await page.getByLabel('T, time steps').fill('40');
  await page.keyboard.press('Enter');
  await expect(node('cell l0 40')).toHaveCount(0);
  await page.getByRole('group', { name: 'Unrolled over time' }).focus();
  await page.keyboard.press('End');
  await expect(node('cell l0 40')).toBeVisible();
  await expect(page.getByText('◂ t=1 ←')).toBeVisible();
  await page.keyboard.press('Home');
  await expect(node('cell l0 1')).toBeVisible();
  await page.getByRole('slider', { name: 'Time steps in view' }).focus();
  for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowRight');
  await expect(node('first l0')).toHaveCount(0);
  // Moving through the drawing has trained nothing.
  await expect(page.getByTestId('epoch')).toHaveText('0 / 20');

  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  await page.getByRole('button', { name: 'Save the drawing' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Save as SVG' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('Surnames-by-language-network.svg');
});

test('the drawing shows what the weights say and hold, and never what they should say', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Model');
  await expect(page.locator('[data-node="output 1"]')).toHaveText('—');
  await run(page);
  await epochIs(page, 20, 20);
  await expect(page.locator('[data-node="output 1"]')).toHaveText('o');
  await page.locator('[data-node="cell l0 1"]').hover();
  await expect(page.getByText(/^h = \(/)).toBeVisible();
});
