/** Whoever opens the lab for the first time watches a network learn, and a project of their own learns at once. */
import { epochIs, expect, goTo, run, test, transport } from './lab.ts';

test('the hint opens hello-rnn on Train at two epochs a second, and Space is all that is needed', async ({
  page,
  lab,
}) => {
  await page.goto(lab.url);
  await page.getByRole('button', { name: 'Open hello-rnn, then press Space' }).click();
  await expect(page.getByRole('heading', { name: 'Train' })).toBeVisible();
  await expect(page.getByRole('banner').getByText('2 epochs/s')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByRole('option', { name: /^Epoch 2: / })).toBeVisible();
  // It is watched, not missed: the run is under way still.
  await expect(transport(page).getByRole('button', { name: 'Pause' })).toBeVisible();
});

for (const template of ['rnncell-shapes', 'rnn-shapes']) {
  test(`${template} opens where its result is`, async ({ page, lab }) => {
    await page.goto(lab.url);
    await page.getByRole('button', { name: new RegExp(`^${template} `) }).click();
    await expect(page.getByText(/torch\.Size/).first()).toBeVisible();
  });
}

test('a new empty project learns as soon as it has rows', async ({ page, lab }) => {
  await page.goto(lab.url);
  await page.getByRole('button', { name: /^New/ }).click();
  await page.getByRole('navigation').waitFor();
  await page.getByRole('grid').getByText('Type, or paste rows').click();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.writeText('cat\\tmeow\\ndog\\twoof')`);
  await page.keyboard.press('ControlOrMeta+v');
  await run(page);
  // Three tokens against four: said, and gone as soon as it is mended.
  await expect(page.getByRole('list', { name: 'Notices' }).getByRole('listitem')).not.toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(page.getByRole('list', { name: 'Notices' }).getByRole('listitem')).toHaveCount(0);
  await page.evaluate(`navigator.clipboard.writeText('cat\\ttac\\ndog\\tgod')`);
  await page.getByRole('grid').getByText('Type, or paste rows').click();
  await page.keyboard.press('ControlOrMeta+v');
  await run(page);
  await epochIs(page, 200, 200);
  await goTo(page, 'Train');
  await expect(page.getByRole('option', { name: /^Epoch 200: tac, 3 of 3 right/ })).toBeVisible();
});

test('steps that are pressed faster than a run is made are steps of one run', async ({ page, lab }) => {
  await page.goto(lab.url);
  await page.getByRole('button', { name: /^hello-rnn / }).click();
  await page.getByRole('navigation').waitFor();
  for (let i = 0; i < 6; i += 1) await page.keyboard.press('ArrowRight');
  await epochIs(page, 6, 20);
  await goTo(page, 'Train');
  await expect(page.getByRole('combobox', { name: 'Run' })).toHaveCount(1);
  await expect(page.getByText(/Run 2/)).toHaveCount(0);
});
