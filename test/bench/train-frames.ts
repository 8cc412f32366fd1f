/**
 * How smooth the window stays while hello trains at full speed: the page's frames compared with those of
 * the same page at rest, its memory, and how far its read-outs lag. Alone: `npm run build && node
 * test/bench/train-frames.ts [EPOCHS …]`.
 */
import { chromium, type Page } from '@playwright/test';
import { provideBrowser } from '../browser.ts';
import { makeHome, removeHome, startLab } from '../lab-process.ts';

const limits = { frameMs: 8, readOutMs: 100, holdMs: 200 };
const idleMs = 5000;

/**
 * Runs in the page: notes the times of its frames, of the lab's hints that epochs have arrived, and of the
 * read-out's changes.
 */
const watch = `
  globalThis.seen = { frames: [], hints: [], shown: [] };
  let lastFrame = null;
  const frame = (at) => {
    if (lastFrame !== null) seen.frames.push(at - lastFrame);
    lastFrame = at;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.restart = () => {
    for (const list of Object.values(seen)) list.length = 0;
    lastFrame = null;
  };
  const Plain = globalThis.WebSocket;
  globalThis.WebSocket = class extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data }) => {
        if (typeof data !== 'string' || !data.includes('epochsArrived')) return;
        const epoch = /"epoch":(\\d+)/.exec(data);
        if (epoch) seen.hints.push([performance.now(), Number(epoch[1])]);
      });
    }
  };
`;
const watchReadOut = `
  const element = document.querySelector('[data-testid=epoch]');
  new MutationObserver(() => {
    const text = element.textContent.split('/')[0].replace(/[^0-9]/g, '');
    // Drawn with the frame that follows.
    requestAnimationFrame(() => seen.shown.push([performance.now(), Number(text)]));
  }).observe(element, { characterData: true, childList: true, subtree: true });
`;

interface Seen {
  /** Milliseconds between two frames. */
  frames: number[];
  /** Times with the epoch announced or shown at each. */
  hints: [number, number][];
  shown: [number, number][];
}

interface Measured {
  epochs: number;
  seconds: number;
  /** 99th percentiles, ms. */
  frame: number;
  idleFrame: number;
  longestFrame: number;
  longestIdleFrame: number;
  /** Time from the lab's hint until the read-out shows that epoch or a later one, ms. */
  behind: number;
  longestBehind: number;
  /** The longest time that the read-out stood still, ms, and how often it did so for more than the limit. */
  hold: number;
  holds: number;
  /** The page's heap after a garbage collection, MB: before the run, and after it. */
  heapBefore: number;
  heapAfter: number;
}

async function measure(page: Page, epochs: number): Promise<Measured> {
  const field = page.getByRole('textbox', { name: 'Epochs', exact: true });
  await field.fill(String(epochs));
  await field.press('Enter');
  const heapBefore = await heapOf(page);
  await page.evaluate('restart()');
  await page.waitForTimeout(idleMs);
  const idle = (await page.evaluate('seen')) as Seen;
  await page.evaluate('restart()');
  const started = performance.now();
  await page.getByRole('group', { name: 'Transport' }).getByRole('button', { name: /^Run/ }).click();
  const readOut = page.getByTestId('epoch');
  while ((await readOut.textContent())?.replace(/\s/g, '') !== `${epochs}/${epochs}`)
    await page.waitForTimeout(500);
  const seconds = (performance.now() - started) / 1000;
  const run = (await page.evaluate('seen')) as Seen;
  await page.waitForTimeout(1500);
  const behind = delays(run);
  const holds = gaps(run.shown.map(([at]) => at));
  return {
    epochs,
    seconds,
    frame: percentile(run.frames, 0.99),
    idleFrame: percentile(idle.frames, 0.99),
    longestFrame: Math.max(...run.frames),
    longestIdleFrame: Math.max(...idle.frames),
    behind: percentile(behind, 0.99),
    longestBehind: Math.max(...behind),
    hold: Math.max(...holds),
    holds: holds.filter((ms) => ms > limits.holdMs).length,
    heapBefore,
    heapAfter: await heapOf(page),
  };
}

/** For each hint, the time until the read-out has reached its epoch. */
function delays({ hints, shown }: Seen): number[] {
  let next = 0;
  return hints.flatMap(([at, epoch]) => {
    while (next < shown.length && (shown[next]![1] < epoch || shown[next]![0] < at)) next++;
    return next < shown.length ? [shown[next]![0] - at] : [];
  });
}

const gaps = (times: number[]) => times.slice(1).map((at, i) => at - times[i]!);

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

const browserFound = provideBrowser();
if (browserFound.kind === 'none') throw new Error(browserFound.reason);
const browser = await chromium.launch({
  executablePath: browserFound.path,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const given = process.argv.slice(2).map(Number);
console.log(
  '| hello at full speed, epochs | s | frame p99 (longest) ms | at rest ms | read-out behind p99 (longest) ms | stood still at most ms | times over 200 ms | page before → after MB |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
let isGood = true;
for (const epochs of given.length > 0 ? given : [100_000, 1_000_000]) {
  const home = makeHome();
  const lab = await startLab(home);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(watch);
  await page.goto(lab.url);
  await page.getByRole('button', { name: /^hello-rnn / }).click();
  await page.getByRole('navigation').getByRole('button', { name: 'Train' }).click();
  await page.evaluate(watchReadOut);
  const m = await measure(page, epochs);
  console.log(
    `| ${m.epochs} | ${m.seconds.toFixed(1)} | ${m.frame.toFixed(1)} (${m.longestFrame.toFixed(0)}) | ${m.idleFrame.toFixed(1)} (${m.longestIdleFrame.toFixed(0)}) | ${m.behind.toFixed(0)} (${m.longestBehind.toFixed(0)}) | ${m.hold.toFixed(0)} | ${m.holds} | ${m.heapBefore.toFixed(1)} → ${m.heapAfter.toFixed(1)} |`,
  );
  isGood &&= m.frame <= m.idleFrame + limits.frameMs && m.behind <= limits.readOutMs && m.holds === 0;
  await page.close();
  await lab.stop();
  removeHome(home);
}
console.log(
  `\nWanted: a frame at most ${limits.frameMs} ms longer than at rest, read-outs at most ${limits.readOutMs} ms behind, none still for more than ${limits.holdMs} ms.`,
);
await browser.close();
process.exitCode = isGood ? 0 : 1;
