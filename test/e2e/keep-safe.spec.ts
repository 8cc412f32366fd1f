/** What would lose work elsewhere: engines that die, files that go, two labs at one file, a window closed in the middle. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import { type LabProcess, makeHome, removeHome, startLab } from '../lab-process.ts';
import { epochIs, expect, goTo, openTemplate, run, test } from './lab.ts';

function projectIn({ home }: LabProcess): string {
  return join(home, 'projects', readdirSync(join(home, 'projects')).find((name) => name.endsWith('.ohlol'))!);
}

function killEngine(lab: LabProcess): void {
  const [pid] = execFileSync('pgrep', ['-P', String(lab.process.pid)], { encoding: 'utf8' }).split('\n');
  process.kill(Number(pid), 'SIGKILL');
}

async function trainLong(page: Page, lab: LabProcess): Promise<void> {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Train');
  const epochs = page.getByLabel('Epochs', { exact: true });
  await epochs.fill('1000000');
  await epochs.press('Enter');
  await page.getByLabel('Speed').click();
  await page.getByRole('option', { name: '10 epochs/s' }).click();
  await run(page);
  await expect(page.getByTestId('epoch')).toHaveText(/^\s*[1-9]\d* \//);
}

const allProjects = (page: Page) => page.getByRole('banner').getByRole('button', { name: 'All projects' });
const pause = (page: Page) => page.getByRole('button', { name: 'Pause', exact: true });

test('an engine that is killed is named in a sentence, and its run goes on without a click', async ({
  page,
  lab,
}) => {
  test.skip(process.platform === 'win32', 'pgrep and SIGKILL are Unix’s');
  await trainLong(page, lab);
  killEngine(lab);
  await expect(page.getByText(/engine was killed \(SIGKILL\).* Run 1 goes on by itself/)).toBeVisible();
  await expect(page.getByText('running', { exact: true })).toBeVisible();
  await expect(page.getByTestId('epoch')).toHaveText(/^\s*[1-9]\d* \//);
});

test('closing while a run trains asks once; one that keeps training does, and is shown so', async ({
  page,
  lab,
}) => {
  await trainLong(page, lab);
  await allProjects(page).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep training' }).click();
  const recent = page.getByRole('row').filter({ hasText: 'hello-rnn.ohlol' });
  await expect(recent).toContainText('/ 1000000');
  await recent.getByRole('button').click();
  await expect(pause(page)).toBeVisible();
  await goTo(page, 'Train');
  await pause(page).click();
  await expect(page.getByText('paused', { exact: true })).toBeVisible();
  // Nothing trains: nothing is asked.
  await allProjects(page).click();
  await expect(recent).toBeVisible();
});

test('a window that is closed while a run trains asks the same', async ({ page, lab }) => {
  await trainLong(page, lab);
  const asked: string[] = [];
  page.on('dialog', async (dialog) => {
    asked.push(dialog.type());
    await dialog.dismiss();
  });
  await page.close({ runBeforeUnload: true });
  await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByRole('row').filter({ hasText: 'hello-rnn.ohlol' })).toBeVisible();
  expect(asked).toEqual(['beforeunload']);
});

test('a run that is renamed, noted and deleted comes back by undo, after the lab was killed', async ({
  page,
}) => {
  const home = makeHome();
  try {
    const first = await startLab(home);
    await openTemplate(page, first, 'hello-rnn');
    await goTo(page, 'Train');
    await run(page);
    await epochIs(page, 20, 20);
    const menu = page.getByRole('button', { name: 'More about this run' });
    const dialog = page.getByRole('dialog');
    await menu.click();
    await page.getByRole('menuitem', { name: 'Rename run…' }).click();
    await dialog.getByRole('textbox').fill('first try');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await expect(page.getByText('Run 1 · first try').first()).toBeVisible();
    await menu.click();
    await page.getByRole('menuitem', { name: 'Notes…' }).click();
    await dialog.getByRole('textbox').fill('why?');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await menu.click();
    await page.getByRole('menuitem', { name: 'Delete run' }).click();
    await expect(page.getByText('Run 1 was deleted')).toBeVisible();
    await page.goto('about:blank');
    await first.kill();

    const second = await startLab(home);
    await page.goto(second.url);
    await page.getByRole('button', { name: /hello → ohlol/ }).click();
    await goTo(page, 'Train');
    for (const name of ['Delete run 1', 'Notes of run 1', 'Rename run 1 to first try']) {
      await page
        .getByRole('banner')
        .getByRole('button', { name: `Undo: ${name}` })
        .click();
    }
    await expect(page.getByRole('banner').getByRole('button', { name: 'Nothing to undo' })).toBeVisible();
    await expect(page.getByText('Run 1 · RNN 4 · seed 2').first()).toBeVisible();
    await epochIs(page, 20, 20);
    await page.goto('about:blank');
    await second.stop();
  } finally {
    removeHome(home);
  }
});

test('a file that is deleted is said at once, and Save a copy brings the work home', async ({
  page,
  lab,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  await expect(page).toHaveTitle('hello → ohlol – Saved – Ohlol');
  rmSync(projectIn(lab));
  await expect(page.getByRole('alert')).toContainText('was moved, deleted or replaced while it was open');
  await run(page);
  await epochIs(page, 20, 20);
  await page.getByRole('alert').getByRole('button', { name: 'Save a copy…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'File name' }).fill('home.ohlol');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page).toHaveTitle('hello → ohlol – Saved – Ohlol');
  await epochIs(page, 20, 20);
});

test('a project that may be open elsewhere can be taken over; the other window says who has it', async ({
  page,
  lab,
  context,
}) => {
  await openTemplate(page, lab, 'hello-rnn');
  const path = projectIn(lab);
  const database = new DatabaseSync(path);
  database.exec("UPDATE lock SET host = 'Classroom-7 [0123456789abcdef]'");
  database.close();

  const home = makeHome();
  const second = await startLab(home);
  try {
    mkdirSync(join(home, 'projects'));
    symlinkSync(path, join(home, 'projects', 'shared.ohlol'));
    const other = await context.newPage();
    await other.goto(second.url);
    await other.getByRole('button', { name: /^Open…/ }).click();
    await other.getByRole('dialog').getByText('shared.ohlol').click();
    await other.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
    await expect(other.getByRole('alert')).toContainText('on Classroom-7');
    await other.getByRole('button', { name: 'Take over…' }).click();
    await expect(other.getByRole('dialog')).toContainText('it loses the project');
    await other.getByRole('dialog').getByRole('button', { name: 'Take over', exact: true }).click();
    await expect(other).toHaveTitle('hello → ohlol – Saved – Ohlol');
    await expect(page.getByRole('alert')).toContainText('was taken over by another lab');

    // It goes back by itself when the other is closed.
    await other.goto('about:blank');
    await second.stop();
    await expect(page).toHaveTitle('hello → ohlol – Saved – Ohlol');
  } finally {
    await second.kill();
    removeHome(home);
  }
});
