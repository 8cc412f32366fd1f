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

export const inspectScenes = {
  'inspect-time-hello': scene(trainedHello, 'Over time', overTime(3)),
  'inspect-time-echo': scene((page, lab) => trainedEcho(page, lab, 'LSTM', 16), 'Over time', overTime(13)),
  'inspect-time-two-ways': scene(trainedTwoWays, 'Over time', overTime(2)),
} satisfies Record<string, InspectScene>;
