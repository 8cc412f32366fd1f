/** The states of Model and Train: kinds of networks and of tasks, and everything that can be open or gone wrong. */
import type { Page } from '@playwright/test';
import { epochIs, goTo, openTemplate, run, transport } from '../e2e/lab.ts';
import type { LabProcess } from '../lab-process.ts';

type Scene = (page: Page, lab: LabProcess) => Promise<void>;

async function on(page: Page, lab: LabProcess, template: string, screen: 'Model' | 'Train'): Promise<void> {
  await openTemplate(page, lab, template);
  await goTo(page, screen);
}

async function trained(page: Page, lab: LabProcess, template: string): Promise<void> {
  await on(page, lab, template, 'Train');
  await run(page);
  await transport(page)
    .getByRole('button', { name: /^Run again$/ })
    .waitFor();
}

async function field(page: Page, name: string, value: string): Promise<void> {
  await page.getByLabel(name, { exact: true }).fill(value);
  await page.keyboard.press('Enter');
}

/** Two layers of an LSTM in both directions, read for a label: what a teacher draws on the board. */
async function bidirectional(page: Page, lab: LabProcess): Promise<void> {
  await on(page, lab, 'names', 'Model');
  await page.getByText('LSTM', { exact: true }).first().click();
  await field(page, 'num_layers', '2');
  await page.getByRole('switch', { name: 'bidirectional' }).click();
  await page.locator('[data-node="cell l1_reverse 1"]').waitFor();
}

async function lookBack(page: Page, lab: LabProcess): Promise<void> {
  await trained(page, lab, 'hello-rnn');
  await page.getByRole('slider', { name: 'Time machine' }).focus();
  for (const digit of ['5', 'Enter']) await page.keyboard.press(digit);
  await page.getByText(/^replayed \d epochs?, from epoch [0-4]$/).waitFor();
}

export const modelTrainScenes = {
  'model-trained': async (page, lab) => {
    await trained(page, lab, 'hello-rnn');
    await goTo(page, 'Model');
  },
  'model-cell': (page, lab) => on(page, lab, 'hello-rnncell', 'Model'),
  'model-bi': bidirectional,
  'model-bi-long': async (page, lab) => {
    await bidirectional(page, lab);
    await field(page, 'num_layers', '4');
    await field(page, 'T, time steps', '50');
    await page.getByRole('slider', { name: 'Time steps in view' }).waitFor();
  },
  'train-empty': (page, lab) => on(page, lab, 'hello-rnn', 'Train'),
  'train-first-run': async (page, lab) => {
    await page.goto(lab.url);
    await page.getByRole('button', { name: 'Open hello-rnn, then press Space' }).click();
    await page.keyboard.press('Space');
    await page.getByRole('option', { name: /^Epoch 4: / }).waitFor();
    await page.keyboard.press('Space');
    await transport(page).getByRole('button', { name: /^Run$/ }).waitFor();
  },
  'train-language': (page, lab) => trained(page, lab, 'brackets'),
  'train-ghost': async (page, lab) => {
    await trained(page, lab, 'names');
    await run(page);
    await page
      .getByText(/^Run 2/)
      .first()
      .waitFor();
    await epochIs(page, 20, 20);
  },
  'train-back': lookBack,
  'train-branch': async (page, lab) => {
    await lookBack(page, lab);
    await page.getByRole('button', { name: 'Branch from here…' }).click();
    await page.getByRole('dialog', { name: /^A new run from epoch/ }).waitFor();
  },
  'train-diverged': async (page, lab) => {
    await on(page, lab, 'hello-rnn', 'Model');
    await page.getByText('relu', { exact: true }).click();
    await goTo(page, 'Train');
    await page.getByLabel(/^Optimizer: /).click();
    await page.getByRole('option', { name: 'SGD' }).click();
    await field(page, 'Learning rate', '1e10');
    await run(page);
    await page.getByText(/diverged after epoch \d+/).waitFor();
  },
  'train-table': async (page, lab) => {
    await trained(page, lab, 'names');
    await page.getByRole('button', { name: 'Menu of Loss' }).click();
    await page.getByRole('menuitem', { name: /^Its numbers as a table/ }).click();
    await page.getByRole('table').waitFor();
  },
  'train-full-screen': async (page, lab) => {
    await trained(page, lab, 'names');
    await page.getByRole('slider', { name: 'Loss' }).focus();
    await page.keyboard.press('f');
    await page.locator('[inert]').first().waitFor({ state: 'attached' });
  },
  'train-menu': async (page, lab) => {
    await trained(page, lab, 'hello-rnn');
    await page.getByRole('button', { name: 'Menu of Loss' }).click();
    await page.getByRole('menu').waitFor();
  },
} satisfies Record<string, Scene>;
