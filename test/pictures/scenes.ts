/**
 * What is photographed: each scene brings a fresh lab's window to one state, in English, light, at 1280 × 800. A scene waits
 * for what it shows, so that the picture is of a state and not of a moment.
 */
import type { Page } from '@playwright/test';
import { epochIs, goTo, openTemplate, run, transport } from '../e2e/lab.ts';
import type { LabProcess } from '../lab-process.ts';
import { dataScenes } from './data-scenes.ts';
import { inspectHandScenes } from './inspect-hand-scenes.ts';
import { inspectScenes } from './inspect-scenes.ts';
import { modelTrainScenes } from './model-train-scenes.ts';
import { stepScenes } from './step-scenes.ts';

type Scene = (page: Page, lab: LabProcess) => Promise<void>;

export const scenes = {
  start: async (page, lab) => {
    await page.goto(lab.url);
    await page.getByRole('heading', { name: 'Templates' }).waitFor();
  },
  'data-hello': (page, lab) => openTemplate(page, lab, 'hello-rnn'),
  'data-names': (page, lab) => openTemplate(page, lab, 'names'),
  ...dataScenes,
  ...modelTrainScenes,
  'model-hello': on('hello-rnn', 'Model'),
  'train-hello': async (page, lab) => {
    await on('hello-rnn', 'Train')(page, lab);
    await run(page);
    await epochIs(page, 20, 20);
  },
  'train-names': async (page, lab) => {
    await on('names', 'Train')(page, lab);
    await run(page);
    await epochIs(page, 20, 20);
  },
  'train-echo': async (page, lab) => {
    await on('delayed-echo', 'Train')(page, lab);
    await run(page);
    await transport(page)
      .getByRole('button', { name: /^Run again$/ })
      .waitFor();
  },
  ...stepScenes,
  ...inspectScenes,
  ...inspectHandScenes,
  'export-hello': async (page, lab) => {
    await scenes['train-hello'](page, lab);
    await goTo(page, 'Export');
  },
} satisfies Record<string, Scene>;

function on(template: string, screen: Parameters<typeof goTo>[1]): Scene {
  return async (page, lab) => {
    await openTemplate(page, lab, template);
    await goTo(page, screen);
  };
}
