/** A user with an empty project and no file: types and pastes simplified and traditional words, all by the keyboard. */
import type { Page } from '@playwright/test';
import { patience } from '../patience.ts';
import { isAccessible } from './accessible.ts';
import { expect, test } from './lab.ts';

/** Twelve words, a character for a character. */
const words = [
  ['汉语', '漢語'],
  ['学习', '學習'],
  ['电脑', '電腦'],
  ['图书馆', '圖書館'],
  ['国家', '國家'],
  ['飞机', '飛機'],
  ['时间', '時間'],
  ['问题', '問題'],
  ['网络', '網絡'],
  ['词汇', '詞彙'],
  ['谢谢', '謝謝'],
  ['马车', '馬車'],
] as const;

const names = {
  en: {
    start: 'New empty project',
    run: 'Run',
    fresh: /^New empty project/,
    grid: 'Samples',
    vocabulary: 'Vocabulary',
    status: '12 of 12 samples in use',
    wrong: '11 of 12 samples in use',
    freeze: 'Freeze',
    input: 'input',
    target: 'target',
  },
  zh: {
    start: '新建空项目',
    run: '运行',
    fresh: /^新建空项目/,
    grid: '样本',
    vocabulary: '词表',
    status: '12 个样本中使用 12 个',
    wrong: '12 个样本中使用 11 个',
    freeze: '冻结',
    input: '输入',
    target: '目标',
  },
} as const;

const said = `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim().slice(0, 20)`;

/** Tab, until what has the focus says that it is it: as far as a whole window goes, and no further. */
async function tabTo(page: Page, isIt: string): Promise<void> {
  const passed: unknown[] = [];
  while (passed.length < 90) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`(${isIt})(document.activeElement)`)) return;
    passed.push(await page.evaluate(said));
  }
  throw new Error(`90 stops of Tab, and none was ${isIt}: ${passed.join(' | ')}`);
}

const named = (name: string) => `(one) => one?.getAttribute('aria-label') === ${JSON.stringify(name)}`;
const starting = (text: string) => `(one) => one?.textContent.trim().startsWith(${JSON.stringify(text)})`;

for (const language of ['en', 'zh'] as const) {
  const say = names[language];
  test(`a dataset by the keyboard alone, in ${language}, which trains`, async ({ page, lab }) => {
    await page.goto(lab.url);
    await expect(page.getByRole('button', { name: names.en.fresh })).toBeVisible();
    if (language === 'zh') {
      await tabTo(
        page,
        `(one) => one?.getAttribute('type') === 'radio' && one.closest('label').textContent.includes('EN')`,
      );
      await page.keyboard.press('ArrowRight');
    }
    await expect(page.getByRole('button', { name: say.fresh })).toBeVisible();
    await tabTo(page, starting(say.start));
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').waitFor();
    await isAccessible(page);

    // The first rows as they are typed: Enter takes the cell and goes down, Tab to the cell beside it.
    await tabTo(page, named(say.grid));
    await page.keyboard.insertText(words[0][0]);
    await page.keyboard.press('Tab');
    await page.keyboard.insertText(words[0][1]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('gridcell', { name: `${say.target}: `, exact: true })).toBeVisible();
    await page.keyboard.insertText(words[0][1]);
    await page.keyboard.press('Enter');
    await expect(
      page.getByRole('gridcell', { name: `${say.target}: ${words[0][1]}`, exact: true }),
    ).toBeVisible();

    // The others from a spreadsheet.
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const others = words.slice(1).map((pair) => pair.join('\t'));
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(others.join('\n'))})`);
    await page.keyboard.press('Control+End');
    await page.keyboard.press('ControlOrMeta+v');
    const status = page.getByRole('contentinfo');
    await expect(status.getByText(say.status)).toBeVisible();

    // A word that is too short is said where it is, and mended by undo.
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Delete');
    await expect(status.getByText(say.wrong)).toBeVisible();
    await isAccessible(page);
    await page.keyboard.press('ControlOrMeta+z');
    await expect(status.getByText(say.status)).toBeVisible();

    // A frozen vocabulary refuses what it lacks, and takes it by one press.
    await tabTo(page, named(say.freeze));
    await page.keyboard.press('Space');
    const freeze = page.getByRole('switch', { name: say.freeze });
    await expect(freeze).toBeChecked();
    const tokens = page.getByRole('listbox', { name: say.vocabulary });
    const count = async () => Number(await tokens.getByRole('option').first().getAttribute('aria-setsize'));
    const before = await count();
    await page.keyboard.press('Shift+Tab');
    for (let stops = 0; stops < 40; stops++) {
      if (await page.evaluate(`(${named(say.grid)})(document.activeElement)`)) break;
      await page.keyboard.press('Shift+Tab');
    }
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('QQ');
    await page.keyboard.press('Enter');
    await expect(status.getByText(say.wrong)).toBeVisible();
    await tabTo(page, `(one) => one?.textContent.includes('Q') && one.closest('table') !== null`);
    await page.keyboard.press('Enter');
    await expect(status.getByText(say.status)).toBeVisible();
    await expect.poll(count, patience).toBe(before + 1);
    await page.keyboard.press('ControlOrMeta+z');
    await page.keyboard.press('ControlOrMeta+z');
    await expect(
      page.getByRole('gridcell', { name: `${say.input}: ${words[0][0]}`, exact: true }),
    ).toBeVisible();
    await expect.poll(count, patience).toBe(before);
    await isAccessible(page);

    await tabTo(page, starting(say.run));
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await page.getByTestId('epoch').textContent())?.split('/')[0]?.trim(), patience)
      .toBe('200');
  });
}
