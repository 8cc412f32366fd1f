import { optimizerDefaults } from '../../engine/data/defaults.ts';
import { expect, goTo, openTemplate, run, test } from './lab.ts';

const optimizerTitles = { sgd: 'SGD', adam: 'Adam', adamw: 'AdamW', rmsprop: 'RMSprop' };
/** As a field of the document is called in PyTorch. */
const torchName = (field: string) => (field === 'weightDecay' ? 'weight_decay' : field);

test('every optimizer shows every number that it has', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  const settings = page.getByRole('region', { name: 'Run settings' });
  for (const [name, fields] of Object.entries(optimizerDefaults)) {
    const title = optimizerTitles[name as keyof typeof optimizerTitles];
    await settings.getByRole('combobox', { name: 'Optimizer' }).click();
    await page.getByRole('option', { name: title, exact: true }).click();
    await expect(settings.getByRole('combobox', { name: 'Optimizer' })).toHaveText(title);
    for (const field of Object.keys(fields).filter((field) => field !== 'name' && field !== 'lr')) {
      const role = field === 'nesterov' ? 'switch' : 'textbox';
      await expect(settings.getByRole(role, { name: torchName(field), exact: true })).toBeVisible();
    }
  }
});

test('a schedule, patience and shuffling are set where one trains, and the run has them', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'names');
  await goTo(page, 'Train');
  const settings = page.getByRole('region', { name: 'Run settings' });
  await settings.getByRole('combobox', { name: 'Schedule' }).click();
  await page.getByRole('option', { name: 'StepLR' }).click();
  await settings.getByRole('textbox', { name: 'step_size' }).fill('5');
  await settings.getByRole('textbox', { name: 'gamma' }).fill('0.5');
  await page.keyboard.press('Enter');
  await settings.getByText('no better for').click();
  const patience = settings.getByRole('textbox', { name: 'Epochs without an improvement' });
  await patience.fill('2');
  await patience.press('Enter');
  await settings.getByRole('textbox', { name: 'Learning rate' }).fill('0.5');
  await page.keyboard.press('Enter');
  await run(page);
  await expect(page.getByText(/stopped by rule at epoch \d+: no better for too long/)).toBeVisible();
  await expect(settings.getByTestId('patience')).toHaveText(/^Best validation at epoch \d+; 2 of 2 used\.$/);
  // What the run has and the draft no longer asks for is said.
  await settings.getByRole('switch', { name: 'Shuffle' }).click();
  await settings.getByText('no better for').click();
  await expect(settings.getByText('Run 1 has on.')).toBeVisible();
  await expect(settings.getByText('Run 1 has 2 epochs (validation loss), min_delta 0.')).toBeVisible();
});

test('a term opens its card by keyboard, and Esc closes it', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  const term = page.getByRole('button', { name: 'Learning rate', exact: true });
  await term.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Learning rate' })).toContainText('How large a step');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(term).toBeFocused();
});
