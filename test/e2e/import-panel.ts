/** What the specs of the import panel share. */
import type { Page } from '@playwright/test';
import { expect } from './lab.ts';

export const importPanel = (page: Page) => page.getByRole('dialog', { name: /^(Import|导入)$/ });

export async function chooseFile(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  await expect(importPanel(page).getByText(name)).toBeVisible();
}
