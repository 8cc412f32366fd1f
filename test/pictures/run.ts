/**
 * `npm run pictures`: every scene of `scenes.ts` in a real browser, in both languages and themes at three sizes, as PNG files
 * in test-results/pictures. They are what a change of the look is judged by; no test compares them.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from '@playwright/test';
import { provideBrowser } from '../browser.ts';
import { makeHome, removeHome, startLab } from '../lab-process.ts';
import { scenes } from './scenes.ts';

const languages = ['en', 'zh'] as const;
const themes = ['light', 'dark'] as const;
const sizes = ['1024x700', '1280x800', '1920x1080'];

const usage = `npm run pictures -- [SCENE…] [--language en,zh] [--theme light,dark] [--size ${sizes.join(',')}] [--out FOLDER]

  SCENE    scenes whose name holds the text: ${Object.keys(scenes).join(', ')}
  --out    where SCENE-SIZE-LANGUAGE-THEME.png are written; test-results/pictures unless said

The app must have been built (npm run build).
`;

interface Wanted {
  scenes: (keyof typeof scenes)[];
  languages: string[];
  themes: string[];
  sizes: string[];
  folder: string;
}

/** null: only the usage is asked for. */
function readOptions(args: string[]): Wanted | null {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { language: text, theme: text, size: text, out: text, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return null;
  const names = Object.keys(scenes) as (keyof typeof scenes)[];
  const unknown = positionals.find((part) => !names.some((name) => name.includes(part)));
  if (unknown !== undefined) throw new Error(`No scene's name holds ${JSON.stringify(unknown)}.`);
  return {
    scenes: positionals.length
      ? names.filter((name) => positionals.some((part) => name.includes(part)))
      : names,
    languages: some('language', values.language, languages),
    themes: some('theme', values.theme, themes),
    sizes: listed(values.size, sizes).map((size) => {
      if (!/^\d+x\d+$/.test(size)) throw new Error(`--size is ${size}; it must be like 1280x800.`);
      return size;
    }),
    folder: resolve(values.out ?? join(import.meta.dirname, '..', '..', 'test-results', 'pictures')),
  };
}

function listed(given: string | undefined, all: readonly string[]): string[] {
  return given === undefined ? [...all] : given.split(',');
}

function some(option: string, given: string | undefined, all: readonly string[]): string[] {
  const wanted = listed(given, all);
  const unknown = wanted.find((value) => !all.includes(value));
  if (unknown !== undefined) throw new Error(`--${option} is ${unknown}; it must be of ${all.join(', ')}.`);
  return wanted;
}

/** Each scene has a lab and a window of its own, so that none depends on what another left. */
async function photograph(browser: Browser, name: keyof typeof scenes, wanted: Wanted): Promise<void> {
  const home = makeHome();
  const lab = await startLab(home);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    await scenes[name](page, lab);
    for (const size of wanted.sizes) {
      const [width, height] = size.split('x').map(Number);
      await page.setViewportSize({ width: width!, height: height! });
      for (const language of wanted.languages) {
        await speak(page, language);
        for (const colorScheme of wanted.themes) {
          await page.emulateMedia({ colorScheme: colorScheme as 'light' | 'dark' });
          await settle(page);
          await page.screenshot({
            path: join(wanted.folder, `${name}-${size}-${language}-${colorScheme}.png`),
          });
        }
      }
    }
  } finally {
    await context.close();
    await lab.stop();
    removeHome(home);
  }
}

/** By the page's own switch, clicked without a pointer, so that what is open beside it stays open. */
async function speak(page: Page, language: string): Promise<void> {
  await page.locator(`label[lang="${language}"] input`).first().dispatchEvent('click');
  await page.locator(`html[lang^="${language}"]`).waitFor({ state: 'attached' });
}

/** Charts follow a new size or theme a few frames later; ECharts says nothing when it has. */
async function settle(page: Page): Promise<void> {
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  await page.waitForTimeout(400);
}

const wanted = readOptions(process.argv.slice(2));
if (wanted === null) {
  console.log(usage);
} else {
  const found = provideBrowser();
  if (found.kind === 'none') throw new Error(found.reason);
  mkdirSync(wanted.folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath: found.path,
    // Chromium refuses to start as root with its sandbox.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  for (const name of wanted.scenes) {
    await photograph(browser, name, wanted);
    console.log(name);
  }
  await browser.close();
  console.log(`The pictures are in ${wanted.folder}.`);
}
