/** A learner takes the memory of a trained network away, or gives it another one, and sees what it then says. */
import type { Page } from '@playwright/test';
import { patience } from '../patience.ts';
import { isAccessible } from './accessible.ts';
import { openTabByKeys, trainedTemplate } from './inspect-page.ts';
import { expect, test } from './lab.ts';

const text = (page: Page, side: 'A' | 'B') => page.getByRole('textbox', { name: `Text ${side}` });
const block = (page: Page, name: string) =>
  page
    .getByRole('region', { name: 'Steps of A, its variants and B' })
    .locator('section')
    .filter({ has: page.getByText(name, { exact: true }) });
/** What a block says, token by token; the row of what it reads stands above where there is one. */
const says = async (page: Page, name: string) =>
  block(page, name).locator('.line').filter({ hasText: 'says' }).locator('button').allTextContents();

async function intervene(page: Page, kind: string, step: number): Promise<void> {
  await page.getByRole('button', { name: 'zero · set · freeze · swap' }).focus();
  await page.keyboard.press('Enter');
  const card = page.getByRole('dialog', { name: 'Intervene on A' });
  await card.getByRole('radio', { name: 'zero' }).focus();
  while (!(await card.getByRole('radio', { name: kind, exact: true }).isChecked()))
    await page.keyboard.press('ArrowRight');
  await card.getByRole('textbox', { name: 'step t' }).fill(String(step));
  await page.keyboard.press('Enter');
  await card.getByRole('button', { name: 'Add', exact: true }).focus();
  await page.keyboard.press('Enter');
  await card.waitFor({ state: 'hidden' });
}

test('a state set to zero forgets what was open; B’s state makes A go on as B', async ({ page, lab }) => {
  await trainedTemplate(page, lab, 'brackets');
  await openTabByKeys(page, 'Try it');
  await text(page, 'A').fill('([()][]');
  await text(page, 'B').fill('[[()][]');
  await expect.poll(() => says(page, 'A'), patience).toEqual([')', ']', ')', ']', ')', ']', ')']);

  await intervene(page, 'zero', 3);
  await expect.poll(async () => (await says(page, 'A′')).length, patience).toBe(7);
  const forgotten = await says(page, 'A′');
  expect(forgotten.slice(0, 2)).toEqual([')', ']']);
  expect(forgotten.slice(2)).not.toEqual([')', ']', ')', ']', ')']);

  await intervene(page, 'swap', 3);
  await expect(block(page, 'A″')).toContainText('A″ says what B says from t = 3 on');
  expect(await says(page, 'A″')).toEqual([
    ...(await says(page, 'A')).slice(0, 2),
    ...(await says(page, 'B')).slice(2),
  ]);
  // One unit of 32 decides.
  await expect(page.getByText(/^Swapping unit \d+ alone takes \) − \] at t = 7 from/)).toBeVisible();

  // A variant is switched off and taken away by the keyboard.
  await page.getByRole('switch', { name: /^A′: h₃ ← 0/ }).focus();
  await page.keyboard.press('Enter');
  await expect(block(page, 'A′')).toHaveCount(0);
  await page.getByRole('button', { name: 'Remove A′' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('switch', { name: /^A/ })).toHaveCount(1);
  await isAccessible(page);
});

test('unknown tokens are named, a swap wants B, and no text is an answer of its own', async ({
  page,
  lab,
}) => {
  await trainedTemplate(page, lab, 'brackets');
  await openTabByKeys(page, 'Try it');
  await text(page, 'A').fill('([x');
  await expect(page.getByRole('alert').filter({ hasText: 'A: “x” is not in the vocabulary' })).toBeVisible();
  await text(page, 'A').fill('('.repeat(201));
  await expect(page.getByRole('alert').filter({ hasText: 'A has 201 tokens; at most 200' })).toBeVisible();
  await text(page, 'A').fill('([()]');
  await text(page, 'B').fill('');
  await expect.poll(() => says(page, 'A'), patience).toHaveLength(5);
  await page.getByRole('button', { name: 'zero · set · freeze · swap' }).focus();
  await page.keyboard.press('Enter');
  const card = page.getByRole('dialog', { name: 'Intervene on A' });
  await card.getByRole('radio', { name: 'zero' }).focus();
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowRight');
  await expect(card.getByText('A swap needs B')).toBeVisible();
  await expect(card.getByRole('button', { name: 'Add', exact: true })).toBeDisabled();
  await page.keyboard.press('Escape');
  await text(page, 'A').fill('');
  await expect(page.getByText('Type a text to try')).toBeVisible();
});

test('a mapping has no text to make, and is tried in Chinese too', async ({ page, lab }) => {
  await trainedTemplate(page, lab, 'hello-rnn');
  await openTabByKeys(page, 'Try it');
  await expect(page.getByRole('heading', { name: 'Generate' })).toHaveCount(0);
  await page.getByRole('banner').getByText('中文').click();
  await expect(page.getByRole('heading', { name: 'A、改动后的 A、B' })).toBeVisible();
  await page.getByRole('textbox', { name: '文本 A' }).fill('hell');
  await isAccessible(page);
});
