/** The Inspect screen in specs and pictures: runs worth looking into, and the ways to its tabs. */
import type { Page } from '@playwright/test';
import type { LabProcess } from '../lab-process.ts';
import { epochIs, expect, goTo, openTemplate, run, transport } from './lab.ts';

export async function openInspect(page: Page): Promise<void> {
  await goTo(page, 'Inspect');
  await page.getByRole('tablist', { name: 'Views of the network' }).waitFor();
}

export async function chooseTab(page: Page, name: string): Promise<void> {
  const tab = page.getByRole('tab', { name, exact: true });
  await tab.click();
  await expect(tab).toHaveAttribute('aria-selected', 'true');
}

/** Waits until the run has ended. */
export async function ended(page: Page): Promise<void> {
  await transport(page)
    .getByRole('button', { name: /^Run again$/ })
    .waitFor({ timeout: 120_000 });
}

/** A template's own network, trained to its end. */
export async function trainedTemplate(page: Page, lab: LabProcess, template: string): Promise<void> {
  await openTemplate(page, lab, template);
  await run(page);
  await ended(page);
}

/** A tab by the keyboard: the screen's key, then the arrows of the tabs. */
export async function openTabByKeys(page: Page, name: string): Promise<void> {
  await page.keyboard.press('4');
  // From here on the arrows belong to what has the focus, as for whoever uses Tab.
  await page.keyboard.press('Tab');
  await page.getByRole('tab', { selected: true }).focus();
  const wanted = page.getByRole('tab', { name, exact: true });
  for (let i = 0; i < 8 && (await wanted.getAttribute('aria-selected')) !== 'true'; i += 1)
    await page.keyboard.press('ArrowRight');
  await expect(wanted).toHaveAttribute('aria-selected', 'true');
}

/** hello → ohlol after its 20 epochs. */
export async function trainedHello(page: Page, lab: LabProcess): Promise<void> {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  await run(page);
  await epochIs(page, 20, 20);
}

/** delayed-echo with another cell. */
export async function trainedEcho(
  page: Page,
  lab: LabProcess,
  cell: 'RNN' | 'GRU' | 'LSTM' = 'RNN',
  hiddenSize = 32,
): Promise<void> {
  await openTemplate(page, lab, 'delayed-echo');
  await goTo(page, 'Model');
  if (cell !== 'RNN') await page.getByRole('radio', { name: cell }).check({ force: true });
  await setNumber(page, 'hidden_size', hiddenSize);
  await goTo(page, 'Train');
  await run(page);
  await ended(page);
}

/** A GRU of two layers in both directions on hello. */
export async function trainedTwoWays(page: Page, lab: LabProcess): Promise<void> {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Model');
  await page.getByRole('radio', { name: 'GRU' }).check({ force: true });
  await page.getByRole('radio', { name: 'linear' }).check({ force: true });
  await setNumber(page, 'num_layers', 2);
  await setNumber(page, 'hidden_size', 6);
  await page.getByRole('switch', { name: 'bidirectional' }).click();
  await goTo(page, 'Train');
  await run(page);
  await ended(page);
}

async function setNumber(page: Page, name: string, value: number): Promise<void> {
  const field = page.getByRole('textbox', { name, exact: true });
  await field.fill(String(value));
  await field.press('Enter');
}
