import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './lab.ts';

/** axe finds nothing to say of the page, or of the part that is named. */
export async function isAccessible(page: Page, part?: string): Promise<void> {
  const whole = new AxeBuilder({ page });
  const { violations } = await (part === undefined ? whole : whole.include(part)).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
