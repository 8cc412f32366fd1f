/** States of Inspect: the template's own network, an LSTM on delayed-echo, two layers in both directions. */
import type { Page } from '@playwright/test';
import { chooseTab, openInspect, trainedEcho, trainedHello, trainedTwoWays } from '../e2e/inspect-page.ts';
import type { LabProcess } from '../lab-process.ts';

type InspectScene = (page: Page, lab: LabProcess) => Promise<void>;

const scene =
  (train: InspectScene, tab: string, ready: (page: Page) => Promise<void>): InspectScene =>
  async (page, lab) => {
    await train(page, lab);
    await openInspect(page);
    await chooseTab(page, tab);
    await ready(page);
  };

/** The cursor in the middle of the sequence, where there is something to see. */
const overTime =
  (presses: number) =>
  async (page: Page): Promise<void> => {
    const strip = page.getByRole('slider', { name: 'h', exact: true });
    await strip.focus();
    for (let i = 0; i < presses; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
  };

const gradients = async (page: Page): Promise<void> => {
  await page.getByRole('slider', { name: /^(RNN|GRU)$/ }).waitFor();
  await page.getByRole('slider', { name: /∂x/ }).waitFor();
};

const path = async (page: Page): Promise<void> => {
  await page.getByRole('slider', { name: 'States in the plane of PC1 and PC2' }).focus();
  await page.getByRole('button', { name: 'Play the epochs', disabled: false }).waitFor({ timeout: 60_000 });
};

export const inspectScenes = {
  'inspect-time-hello': scene(trainedHello, 'Over time', overTime(3)),
  'inspect-time-echo': scene((page, lab) => trainedEcho(page, lab, 'LSTM', 16), 'Over time', overTime(13)),
  'inspect-time-two-ways': scene(trainedTwoWays, 'Over time', overTime(2)),
  'inspect-gradients-hello': scene(trainedHello, 'Gradients', gradients),
  'inspect-gradients-echo': scene(trainedEcho, 'Gradients', async (page) => {
    await page.getByRole('button', { name: 'Train GRU and LSTM' }).click();
    for (const cell of ['RNN', 'GRU', 'LSTM']) {
      await page.getByRole('slider', { name: cell, exact: true }).waitFor({ timeout: 120_000 });
    }
    for (const number of [2, 3]) {
      await page.getByText(new RegExp(`^run ${number}, epoch \\d+$`)).waitFor({ timeout: 120_000 });
    }
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByText(/entries agree/).waitFor({ timeout: 60_000 });
  }),
  'inspect-gradients-two-ways': scene(trainedTwoWays, 'Gradients', gradients),
  'inspect-path-hello': scene(trainedHello, 'Path of h', async (page) => {
    await path(page);
    await page.getByRole('slider', { name: 'Epoch of the path' }).press('ArrowLeft');
  }),
  'inspect-path-echo': scene((page, lab) => trainedEcho(page, lab, 'LSTM', 16), 'Path of h', path),
  'inspect-path-two-ways': scene(trainedTwoWays, 'Path of h', path),
} satisfies Record<string, InspectScene>;
