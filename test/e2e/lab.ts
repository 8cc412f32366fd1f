/** What every end-to-end spec starts from: a lab of its own, a browser, and the acts that all of them begin with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, chromium, expect, type Locator, type Page } from '@playwright/test';
import type { ScreenName as Screen } from '../../renderer/state/shell.svelte.ts';
import { provideBrowser } from '../browser.ts';
import { type LabProcess, makeHome, removeHome, startLab } from '../lab-process.ts';

/** As the rail calls them in English. */
export type ScreenName = Capitalize<Screen>;

interface LabFixtures {
  lab: LabProcess;
  /** What the page complained of; a spec fails where it is not empty at its end. */
  complaints: string[];
}

export const test = base.extend<LabFixtures>({
  browser: async ({ browserName: _ }, use) => {
    const found = provideBrowser();
    if (found.kind === 'none') throw new Error(found.reason);
    const asRoot = process.getuid?.() === 0;
    const browser = await chromium.launch({
      executablePath: found.path,
      // Chromium refuses to start as root with its sandbox.
      args: ['--disable-background-networking', ...(asRoot ? ['--no-sandbox'] : [])],
    });
    await use(browser);
    await browser.close();
  },
  lab: async ({ page }, use) => {
    const home = makeHome();
    const lab = await startLab(home);
    await use(lab);
    // A page that is still there would complain that its lab has gone.
    await page.goto('about:blank');
    await lab.stop();
    removeHome(home);
  },
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** From the start screen into the project window. */
export async function openTemplate(page: Page, lab: LabProcess, name: string): Promise<void> {
  await page.goto(lab.url);
  await page.getByRole('button', { name: new RegExp(`^${name} `) }).click();
  await page.getByRole('navigation').waitFor();
}

/** From the start screen into a project without rows. */
export async function openEmptyProject(page: Page, lab: LabProcess): Promise<void> {
  await page.goto(lab.url);
  await page.getByRole('button', { name: /^New empty project/ }).click();
  await page.getByRole('navigation').waitFor();
}

export async function goTo(page: Page, screen: ScreenName): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: screen }).click();
}

export function transport(page: Page): Locator {
  return page.getByRole('group', { name: 'Transport' });
}

export function seedField(page: Page): Locator {
  return page.getByRole('banner').getByRole('textbox', { name: 'Seed' });
}

export async function run(page: Page): Promise<void> {
  await transport(page)
    .getByRole('button', { name: /^Run( again)?$/ })
    .click();
}

/** Waits until the read-out says so. */
export async function epochIs(page: Page, epoch: number, epochs: number): Promise<void> {
  await expect(page.getByTestId('epoch')).toHaveText(`${epoch} / ${epochs}`);
}

interface TrainingFixture {
  pytorch: {
    epochs: { loss: number; predictions: string[] }[];
    initialWeights: Record<string, { shape: number[]; data: number[] }>;
    finalWeights: Record<string, { shape: number[]; data: number[] }>;
  };
}

/** What PyTorch computed for the same job. */
export function pytorch(name: string): TrainingFixture['pytorch'] {
  const file = join(import.meta.dirname, '..', 'fixtures', 'pytorch', `${name}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as TrainingFixture).pytorch;
}
