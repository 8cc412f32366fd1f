/**
 * A learner sees on delayed-echo why the plain RNN stays where it is: the one step that counts, and how little of its loss
 * is felt at t = 1. Then the same data by a GRU, with the run before as a ghost; Export keeps the run that is shown.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { patience } from '../patience.ts';
import { expect, goTo, openTemplate, run, test, transport } from './lab.ts';

async function ended(page: Page): Promise<void> {
  await transport(page)
    .getByRole('button', { name: /^Run again$/ })
    .waitFor();
}

/** ‖∂L₂₁/∂h₁‖ as it stands below the steps. */
async function feltAtFirst(page: Page, number: number): Promise<number> {
  const text = page.getByText(new RegExp(`^run ${number}, t = 1: `));
  return Number((await text.textContent())!.split(': ')[1]!.replace('−', '-'));
}

test('the gradient that dies is seen at the one step that counts, and a GRU’s lives', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'delayed-echo');
  await goTo(page, 'Train');
  await run(page);
  await ended(page);
  // Without a press: the column of t = 21 stands beside the strip of all, wrong, and the gradient below fades out.
  await expect(page.getByText('how far back the loss of t = 21 is felt, log₁₀')).toBeVisible();
  const dead = await feltAtFirst(page, 1);
  expect(dead).toBeGreaterThan(0);
  expect(dead).toBeLessThan(1e-4);
  const accuracy = page.getByRole('combobox', { name: 'Accuracy of which steps' });
  await accuracy.click();
  await page.getByRole('option', { name: 'Right at t = 21' }).click();
  await expect(page.getByText(/^[0-2] of 8$/)).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Right at t = 21' })).toHaveAttribute(
    'aria-valuetext',
    /^epoch 300, .*[0-2] of 8/,
  );

  await goTo(page, 'Model');
  await page.getByRole('radio', { name: 'GRU' }).check({ force: true });
  await goTo(page, 'Train');
  // What the project has become is said of the run that is shown, with one press to train it.
  await expect(page.getByText('The project differs: model', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Run it anew' }).click();
  await expect(page.getByText(/^Run 2/).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run it anew' })).toBeHidden();
  await ended(page);
  await expect.poll(() => feltAtFirst(page, 2), patience).toBeGreaterThan(1e-2);
  await expect.poll(() => feltAtFirst(page, 1), patience).toBeLessThan(1e-4);
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  // Export speaks of the run that Train shows.
  await page.getByRole('combobox', { name: /^Run: / }).click();
  await page
    .getByRole('option', { name: /^Run 1 / })
    .first()
    .click();
  await goTo(page, 'Export');
  await expect(page.getByRole('combobox', { name: /^Run: / })).toContainText('Run 1');
  await goTo(page, 'Train');
  await expect(page.getByRole('combobox', { name: /^Run: / })).toContainText('Run 1');
});
