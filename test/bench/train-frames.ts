/**
 * How smooth the window stays while hello trains at full speed: the page's frames compared with those of
 * the same page at rest, its memory, and how far its read-outs lag. What the machine itself allows while the
 * engine trains is measured by a bare page that only repaints three canvases of the charts' sizes ten times
 * a second. Alone: `npm run build && node test/bench/train-frames.ts [--profile] [EPOCHS …]`; --profile lists
 * what the page's thread was busy with.
 */
import { type Browser, chromium, type Page } from '@playwright/test';
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

/** A page with nothing but canvases of the charts' sizes, of which each is painted anew ten times a second. */
const bare = `<!doctype html><canvas width=510 height=350></canvas><canvas width=250 height=110></canvas>
<canvas width=250 height=110></canvas><script>${watch}
  let turn = 0;
  const all = [...document.querySelectorAll('canvas')];
  setInterval(() => requestAnimationFrame(() => {
    const canvas = all[turn++ % all.length];
    const paint = canvas.getContext('2d');
    paint.clearRect(0, 0, canvas.width, canvas.height);
    paint.beginPath();
    for (let i = 0; i < 2000; i++) paint.lineTo((i / 2000) * canvas.width, Math.random() * canvas.height);
    paint.lineWidth = 2;
    paint.stroke();
  }), 33);
</script>`;

async function setEpochs(page: Page, epochs: number): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Epochs', exact: true });
  await field.fill(String(epochs));
  await field.press('Enter');
}

const runButton = (page: Page) =>
  page.getByRole('group', { name: 'Transport' }).getByRole('button', { name: /^Run/ });

async function isDone(page: Page, epochs: number): Promise<void> {
  const readOut = page.getByTestId('epoch');
  while ((await readOut.textContent())?.replace(/\s/g, '') !== `${epochs}/${epochs}`)
    await page.waitForTimeout(500);
}

/** The frames of the bare page while the same training goes on, which another window shows on Data. */
async function bareFrames(browser: Browser, page: Page, epochs: number): Promise<number[]> {
  await page.getByRole('navigation').getByRole('button', { name: 'Data' }).click();
  const other = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await other.setContent(bare);
  await runButton(page).click();
  await other.evaluate('restart()');
  await isDone(page, epochs);
  const { frames } = (await other.evaluate('seen')) as Seen;
  await other.close();
  return frames;
}

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
}

/** The functions in which the page's thread spent most of its time, in ms. */
async function profiled(page: Page, act: () => Promise<void>): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.start');
  await act();
  const { profile } = await session.send('Profiler.stop');
  await session.detach();
  const names = new Map(
    (profile.nodes as ProfileNode[]).map(({ id, callFrame: at }) => [
      id,
      `${at.functionName || '(anonymous)'} ${at.url.split('/').at(-1)}:${at.lineNumber + 1}:${at.columnNumber}`,
    ]),
  );
  const times = new Map<string, number>();
  for (const [i, node] of profile.samples!.entries()) {
    const name = names.get(node)!;
    times.set(name, (times.get(name) ?? 0) + profile.timeDeltas![i]! / 1000);
  }
  const sorted = [...times].sort(([, a], [, b]) => b - a);
  return sorted.slice(0, 40).map(([name, ms]) => `${ms.toFixed(0).padStart(7)} ${name}`);
}

async function measure(page: Page, epochs: number): Promise<Measured> {
  await setEpochs(page, epochs);
  const heapBefore = await heapOf(page);
  await page.evaluate('restart()');
  await page.waitForTimeout(idleMs);
  const idle = (await page.evaluate('seen')) as Seen;
  await page.evaluate('restart()');
  const started = performance.now();
  await runButton(page).click();
  await isDone(page, epochs);
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
const given = process.argv.slice(2).flatMap((word) => (word === '--profile' ? [] : [Number(word)]));
const profiles = process.argv.includes('--profile');
console.log(
  '| hello at full speed, epochs | s | frame p99 (longest) ms | at rest ms | bare page beside it ms | read-out behind p99 (longest) ms | stood still at most ms | times over 200 ms | page before → after MB |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
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
  let m: Measured | null = null;
  const busy = profiles
    ? await profiled(page, async () => {
        m = await measure(page, epochs);
      })
    : [];
  m ??= await measure(page, epochs);
  const floor = await bareFrames(browser, page, epochs);
  console.log(
    `| ${m.epochs} | ${m.seconds.toFixed(1)} | ${m.frame.toFixed(1)} (${m.longestFrame.toFixed(0)}) | ${m.idleFrame.toFixed(1)} (${m.longestIdleFrame.toFixed(0)}) | ${percentile(floor, 0.99).toFixed(1)} (${Math.max(...floor).toFixed(0)}) | ${m.behind.toFixed(0)} (${m.longestBehind.toFixed(0)}) | ${m.hold.toFixed(0)} | ${m.holds} | ${m.heapBefore.toFixed(1)} → ${m.heapAfter.toFixed(1)} |`,
  );
  for (const line of busy) console.log(line);
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
