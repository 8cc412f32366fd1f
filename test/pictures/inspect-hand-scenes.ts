/** States of Inspect that a hand brings about: a weight that is set, texts that are tried and made. */
import type { Page } from '@playwright/test';
import { chooseTab, openInspect, trainedEcho, trainedTemplate } from '../e2e/inspect-page.ts';
import type { LabProcess } from '../lab-process.ts';

type HandScene = (page: Page, lab: LabProcess) => Promise<void>;

export const inspectHandScenes = {
  'inspect-weights-echo': async (page, lab) => {
    await trainedEcho(page, lab, 'LSTM', 16);
    await tab(page, 'Weights');
    await setByHand(page, '1.5');
  },
  'inspect-weights-hello': async (page, lab) => {
    await trainedTemplate(page, lab, 'hello-rnn');
    await tab(page, 'Weights');
    await setByHand(page, '-2.4');
  },
  'inspect-weights-brackets': async (page, lab) => {
    await trainedTemplate(page, lab, 'brackets');
    await tab(page, 'Weights');
    await page.getByRole('slider', { name: /^What if/ }).waitFor();
  },
  'inspect-try-brackets': async (page, lab) => {
    await trainedTemplate(page, lab, 'brackets');
    await tab(page, 'Try it');
    await page.getByRole('textbox', { name: 'Text A' }).fill('([()][]');
    await page.getByRole('textbox', { name: 'Text B' }).fill('[[()][]');
    await intervene(page, 'zero', 3);
    await intervene(page, 'swap', 3);
    await page.getByText(/^Swapping unit/).waitFor();
  },
  'inspect-try-hello': async (page, lab) => {
    await trainedTemplate(page, lab, 'hello-rnn');
    await tab(page, 'Try it');
    await page.getByRole('textbox', { name: 'Text B' }).fill('hexlo');
    await intervene(page, 'freeze', 3);
    // A and its variant have both been answered.
    await page.getByText('says', { exact: true }).nth(1).waitFor();
  },
} satisfies Record<string, HandScene>;

async function tab(page: Page, name: string): Promise<void> {
  await openInspect(page);
  await chooseTab(page, name);
}

async function setByHand(page: Page, value: string): Promise<void> {
  const field = page.getByRole('textbox', { name: /^Value of W_hh/ });
  await page.getByRole('slider', { name: /^What if/ }).waitFor();
  await field.fill(value);
  await field.press('Enter');
  await page.getByText(/^hand-edited: 1/).waitFor();
}

async function intervene(page: Page, kind: string, step: number): Promise<void> {
  await page.getByRole('button', { name: 'zero · set · freeze · swap' }).click();
  const card = page.getByRole('dialog', { name: 'Intervene on A' });
  await card.locator('label').filter({ hasText: kind }).click();
  await card.getByRole('textbox', { name: 'step t' }).fill(String(step));
  await card.getByRole('textbox', { name: 'step t' }).press('Enter');
  await card.getByRole('button', { name: 'Add', exact: true }).click();
}
