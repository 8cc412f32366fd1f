/** No text of the top bar, the rail and the screens' own bars is cut, at three sizes and in both languages. */
import type { Page } from '@playwright/test';
import { epochIs, expect, goTo, openTemplate, run, test } from './lab.ts';

const sizes = [
  { width: 1024, height: 700 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

/** What is cut, or drawn over the edge of its bar: every element whose own text is wider than its box. */
const cutTexts = `
  [...document.querySelectorAll('header, nav[aria-label], .screen-bar')].flatMap((bar) => {
    const edge = bar.getBoundingClientRect();
    return [...bar.querySelectorAll('*')].flatMap((element) => {
      const box = element.getBoundingClientRect();
      // A heading that only screen readers have is one pixel wide.
      if (box.width <= 1 || !element.checkVisibility()) return [];
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
      const isCut = own && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflow !== 'visible';
      const isOutside = box.right > edge.right + 1;
      return isCut || isOutside ? [element.textContent.trim() + (isOutside ? ' (outside)' : '')] : [];
    });
  })
`;

async function speak(page: Page, language: string): Promise<void> {
  await page.locator(`label[lang="${language}"] input`).first().dispatchEvent('click');
  await page.locator(`html[lang^="${language}"]`).waitFor({ state: 'attached' });
}

for (const [template, epochs] of [
  ['hello-rnn', 20],
  ['names', 20],
] as const) {
  test(`no bar of ${template} is cut at three sizes in both languages`, async ({ page, lab }) => {
    await openTemplate(page, lab, template);
    await run(page);
    await epochIs(page, epochs, epochs);
    const screens = page.getByRole('navigation').first().getByRole('button');
    for (const language of ['zh', 'en']) {
      await speak(page, language);
      for (const size of sizes) {
        await page.setViewportSize(size);
        for (let i = 0; i < (await screens.count()); i++) {
          await screens.nth(i).click();
          await page.evaluate(
            'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
          );
          expect
            .soft(await page.evaluate(cutTexts), `${language}, ${size.width}, screen ${i + 1}`)
            .toEqual([]);
        }
      }
    }
  });
}

test('five steps of the network are drawn whole at every size', async ({ page, lab }) => {
  await openTemplate(page, lab, 'hello-rnn');
  await goTo(page, 'Model');
  for (const size of sizes) {
    await page.setViewportSize(size);
    await expect(page.getByRole('img', { name: /Unrolled over time/ })).toBeVisible();
    await expect(page.getByRole('slider', { name: 'Time steps in view' })).toHaveCount(0);
  }
});
