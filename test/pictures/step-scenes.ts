/** States of Inspect's Step through: each part of a pass, for the template's own network and larger ones. */
import type { Page } from '@playwright/test';
import { openInspect, trainedEcho, trainedHello, trainedTwoWays } from '../e2e/inspect-page.ts';
import type { LabProcess } from '../lab-process.ts';

type StepScene = (page: Page, lab: LabProcess) => Promise<void>;

/** Trains, then goes to a stage by its name. */
const at =
  (train: StepScene, stage: string, heading: RegExp): StepScene =>
  async (page, lab) => {
    await train(page, lab);
    await openInspect(page);
    await page.getByRole('heading', { name: /^Forward/ }).waitFor();
    await page.locator('body').press('g');
    await page.keyboard.type(stage);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: heading }).waitFor();
  };
const lstm: StepScene = (page, lab) => trainedEcho(page, lab, 'LSTM', 16);

export const stepScenes = {
  'inspect-forward-hello': at(trainedHello, 'F4', /^Forward, t = 4/),
  'inspect-loss-hello': at(trainedHello, 'L', /^Loss/),
  'inspect-back-hello': at(trainedHello, 'B3', /^Backward, t = 3/),
  'inspect-update-hello': at(trainedHello, 'U', /^Optimizer step/),
  'inspect-forward-lstm': at(lstm, 'F21', /^Forward, t = 21/),
  'inspect-back-lstm': at(lstm, 'B20', /^Backward, t = 20/),
  'inspect-forward-two-ways': at(trainedTwoWays, 'F3', /^Forward, t = 3/),
  'inspect-back-two-ways': at(trainedTwoWays, 'B3', /^Backward, t = 3/),
} satisfies Record<string, StepScene>;
