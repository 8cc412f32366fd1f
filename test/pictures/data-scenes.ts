/** States of Data: files on their way in, makers, problems, vocabularies, texts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { chooseFile, importPanel } from '../e2e/import-panel.ts';
import { goTo, openEmptyProject, openTemplate } from '../e2e/lab.ts';
import { encodeAs } from '../engine/formats/importing/encode.ts';
import type { LabProcess } from '../lab-process.ts';

type DataScene = (page: Page, lab: LabProcess) => Promise<void>;

const choose = (page: Page, name: string | RegExp) =>
  page
    .locator('label')
    .filter({ has: page.getByRole('radio', { name, exact: true }) })
    .click();

/** As a browser tells the page of a paste; a text, for tests are compiled without the DOM's types. */
async function paste(page: Page, text: string, where = 'document.activeElement'): Promise<void> {
  await page.evaluate(`{
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', ${JSON.stringify(text)});
    ${where}.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  }`);
}

const people = [
  '# a register\n',
  '编号;姓氏;语言;集合;备注\n',
  ...[
    'bai;中文',
    'arnold;德语',
    'amato;意大利语',
    'aoki;日语',
    'cai;中文',
    'bergmann  ;德语',
    'basile;意大利语',
  ].map((row, i) => `${i + 1};${row};train;\n`),
  '8;basile;意大利语;train;\n',
  '9;arai;日语;validation;"来自名册; 第 2 页"\n',
  '10;boehm;;validation;\n',
  ...Array.from(
    { length: 60 },
    (_, i) => `${11 + i};chen${i};中文;${i % 5 === 0 ? 'validation' : 'train'};\n`,
  ),
].join('');

const story = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'cases', 'novel.txt'), 'utf8');

export const dataScenes = {
  'data-import': async (page, lab) => {
    await openTemplate(page, lab, 'names');
    await goTo(page, 'Data');
    await chooseFile(page, '姓氏名册.csv', Buffer.from(encodeAs(people, 'gb18030')));
    await importPanel(page)
      .getByRole('button', { name: /^Import \d+ rows/ })
      .waitFor();
  },
  'data-import-wrong': async (page, lab) => {
    await dataScenes['data-import'](page, lab);
    await importPanel(page).locator('label').filter({ hasText: 'Big5' }).click();
    await importPanel(page).getByRole('button', { name: 'Read as GBK' }).waitFor();
  },
  'data-import-done': async (page, lab) => {
    await dataScenes['data-import'](page, lab);
    await importPanel(page).locator('label').filter({ hasText: 'Append' }).click();
    await importPanel(page)
      .getByRole('button', { name: /^Import \d+ rows/ })
      .click();
    await importPanel(page).waitFor({ state: 'hidden' });
  },
  'data-make': async (page, lab) => {
    await problems(page, lab);
    await page.getByRole('button', { name: 'Make…' }).click();
    await choose(page, /^delay/);
  },
  'data-make-samples': async (page, lab) => {
    await problems(page, lab);
    await page.getByRole('button', { name: 'Make…' }).click();
    await choose(page, 'Samples');
    await page.getByText('different ones exist').waitFor();
  },
  'data-split': async (page, lab) => {
    await problems(page, lab);
    await page.getByRole('button', { name: 'Split…' }).click();
    await page.getByRole('dialog', { name: 'Split' }).waitFor();
  },
  'data-problems': (page, lab) => problems(page, lab),
  'data-vocabulary': async (page, lab) => {
    await openTemplate(page, lab, 'hello-rnn');
    await goTo(page, 'Data');
    await page.getByRole('listbox', { name: 'Vocabulary' }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Delete');
    await page.getByRole('alertdialog').waitFor();
  },
  'data-labels': async (page, lab) => {
    await openTemplate(page, lab, 'names');
    await goTo(page, 'Data');
    await page
      .getByRole('button', { name: /^Rename label/ })
      .first()
      .click();
  },
  'data-text-empty': (page, lab) => emptyText(page, lab),
  'data-text': async (page, lab) => {
    await emptyText(page, lab);
    await paste(page, `\t${story.repeat(12)}Alice\u00a0was tired.\r\n`, 'window');
    const held = page.getByRole('textbox', { name: 'Validation' });
    await held.fill('10');
    await held.press('Enter');
    await page.getByText(/^Batch 1 of/).waitFor();
  },
  'data-text-make': async (page, lab) => {
    await emptyText(page, lab);
    await page.getByRole('button', { name: 'Make…' }).last().click();
    await choose(page, 'brackets');
  },
  'data-text-short': async (page, lab) => {
    await emptyText(page, lab);
    await paste(page, 'It was late.\n', 'window');
    const streams = page.getByRole('textbox', { name: 'batch_size' });
    await streams.fill('32');
    await streams.press('Enter');
    await page.getByText(/^So many streams/).waitFor();
  },
} satisfies Record<string, DataScene>;

async function problems(page: Page, lab: LabProcess): Promise<void> {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Data');
  await page.getByRole('switch', { name: 'Freeze' }).click();
  await page.getByRole('grid').getByText('Type, or paste rows').click();
  await paste(
    page,
    'hole\teloh\nheel\tleeh\nhell\tleh\noleo\toelo\nhelp\tpleh\nlehlohel\tlehlohel\neel\t\nhelp\tpleh\n',
  );
  await page
    .getByRole('contentinfo')
    .getByText(/of 9 samples in use/)
    .waitFor();
}

async function emptyText(page: Page, lab: LabProcess): Promise<void> {
  await openEmptyProject(page, lab);
  await choose(page, 'Language model');
  await page.getByText('A language model learns a text').waitFor();
}
