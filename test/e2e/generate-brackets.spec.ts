/** A learner has a language model make text, sees what each token was drawn from, and goes to the step that made it. */
import type { Page } from '@playwright/test';
import { isBalanced } from '../../engine/data/makers/brackets.ts';
import { isAccessible } from './accessible.ts';
import { openTabByKeys, trainedTemplate } from './inspect-page.ts';
import { expect, test } from './lab.ts';

const made = (page: Page) => page.getByTestId('made');
const tokens = (page: Page) => page.getByRole('listbox', { name: 'Made tokens' });
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });

async function set(page: Page, name: string, value: string): Promise<void> {
  await field(page, name).fill(value);
  await page.keyboard.press('Enter');
}

test('text is made by seed, temperature and top-k, and judged by the data’s own rule', async ({
  page,
  lab,
}) => {
  await trainedTemplate(page, lab, 'brackets');
  await openTabByKeys(page, 'Try it');
  await set(page, 'prompt', '([');
  await set(page, 'temperature', '0');
  await expect(page.getByText('24 tokens made')).toBeVisible();
  await expect(page.getByText('always the likeliest')).toBeVisible();
  await expect(made(page)).toHaveText(/^\(\[/);
  const greedy = (await made(page).textContent()) ?? '';
  // Without chance another seed makes the same.
  await page.getByRole('button', { name: 'Again', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(field(page, 'seed')).toHaveValue('1');
  await expect(made(page)).toHaveText(greedy);

  await set(page, 'temperature', '3');
  await expect(made(page)).not.toHaveText(greedy);
  await expect(page.getByText(/\d+ not allowed/)).toBeVisible();
  const hot = ((await made(page).textContent()) ?? '').replaceAll('␣', ' ');
  expect(
    hot
      .trim()
      .split(' ')
      .every((one) => isBalanced(one, ['()', '[]'])),
  ).toBe(false);

  await set(page, 'temperature', '0.5');
  await set(page, 'top-k', '2');
  await expect(page.getByText('τ 0.5, top 2')).toBeVisible();
  await expect(page.getByText('cut', { exact: true })).toHaveCount(3);

  await page.getByRole('button', { name: '24', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(tokens(page).getByRole('option')).toHaveCount(48);
  await tokens(page).focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowRight');
  await expect(page.getByText('Token 5', { exact: true })).toBeVisible();
  await isAccessible(page);

  // The step that made it: prompt and four tokens were read before.
  const token = await tokens(page).getByRole('option', { selected: true }).textContent();
  await page.getByRole('button', { name: 'Open its step' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'Step through' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText(/^A text from Try it, with the weights after epoch 40/)).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuetext', 'F 6');
  expect(token).not.toBe('');
  await page.getByRole('button', { name: 'Back to the sample' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^A text from Try it/)).toHaveCount(0);
});

test('is the same in Chinese', async ({ page, lab }) => {
  await trainedTemplate(page, lab, 'brackets');
  await openTabByKeys(page, 'Try it');
  await page.getByRole('banner').getByText('中文').click();
  await expect(page.getByText('生成了 24 个词元')).toBeVisible();
  await set(page, '开头', '(x');
  await expect(page.getByRole('alert').filter({ hasText: '不在词表中' })).toBeVisible();
  await isAccessible(page);
});
