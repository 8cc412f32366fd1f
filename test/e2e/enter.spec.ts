/** How a browser comes into the lab: through the file that it is started on, once, and back by itself after that. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeLaunchFile } from '../../main/browser/launch.ts';
import { expect, test } from './lab.ts';

test('the launch file leads into the lab, a reload and a second page too; another browser does not', async ({
  page,
  lab,
  browser,
  complaints,
}) => {
  const file = writeLaunchFile(lab.url, join(lab.home, 'launch'));
  const start = page.getByRole('button', { name: /^hello-rnn / });
  await page.goto(String(pathToFileURL(file)));
  await expect(start).toBeVisible();
  expect(page.url()).toBe(`${new URL(lab.url).origin}/`);
  rmSync(file);
  await page.reload();
  await expect(start).toBeVisible();

  const second = await page.context().newPage();
  await second.goto(lab.url);
  await expect(second.getByRole('button', { name: /^hello-rnn / })).toBeVisible();
  await second.goto('about:blank');

  // The key is used up.
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(lab.url);
  await expect(stranger.getByText('This address was used already')).toBeVisible();

  // What has the cookie alone, as another port of this address would, is sent to where one enters.
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await expect(page.getByText('Open the address that the lab printed')).toBeVisible();
  expect(complaints).toEqual([]);
});
