/**
 * `npm run bench`: how fast the engine trains, as Markdown tables and as JSON (options.ts lists its
 * options).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureGeneration } from './generation.ts';
import { measureInspect } from './inspect.ts';
import { type Job, jobs, parametersOf } from './jobs.ts';
import { type BenchOptions, readOptions, usage, WrongOption } from './options.ts';
import { measurePeak } from './peak.ts';
import { type Answer, median, startSide } from './side.ts';
import { measureWhole } from './whole.ts';

/** How smooth the window stays; each by itself, too: `node test/bench/FILE.ts`. */
const frames = ['train-frames', 'data-frames', 'inspect-cursor'];

function optionsOrExit(): BenchOptions {
  try {
    const read = readOptions(process.argv.slice(2), [
      ...jobs.map(({ name }) => name),
      'generation',
      'inspect',
      'whole',
      ...frames,
    ]);
    if (read !== null) return read;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof WrongOption)) throw error;
    process.stderr.write(`${error.message}\nUsage: ${usage}`);
    process.exit(2);
  }
}
const { torch, only, threads: threadCounts, rounds } = optionsOrExit();
const folder = mkdtempSync(join(tmpdir(), 'ohlol-bench-'));
const roundMs = 300;

interface Row {
  job: string;
  threads: number;
  /** How many of them are used: a small job is not shared. */
  threadsUsed: number;
  parameters: number;
  kernels: string;
  ms: number;
  tokensPerSecond: number;
  gflops: number;
  shareOfPeak: number;
  megabytes: number;
  torchMs: number | null;
  ratio: number | null;
  /**
   * The largest relative difference between both sides' first losses: neither side may win by computing
   * less.
   */
  lossDifference: number | null;
}

async function measure(job: Job, threads: number, peak: number): Promise<Row> {
  const document = join(folder, 'job.json');
  writeFileSync(document, JSON.stringify(job.experiment));
  const ours = startSide(process.execPath, [join(import.meta.dirname, 'our-job.ts'), document], threads);
  const theirs =
    torch === null
      ? null
      : startSide(torch, [join(import.meta.dirname, 'torch_job.py'), document, String(threads)], threads);
  const first = await ours.run(5);
  const theirFirst = theirs === null ? null : await theirs.run(5);
  const steps = await stepsOfRound(ours);
  const theirSteps = theirs === null ? 0 : await stepsOfRound(theirs);
  const [ms, torchMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ms.push((await ours.run(steps)).ms);
    if (theirs !== null) torchMs.push((await theirs.run(theirSteps)).ms);
  }
  ours.end();
  theirs?.end();
  return rowOf(job, threads, peak, median(ms), first, theirs === null ? null : median(torchMs), theirFirst);
}

/** Finds how many steps fill a round; this also warms up. */
async function stepsOfRound(side: ReturnType<typeof startSide>): Promise<number> {
  const { ms } = await side.run(3);
  const again = await side.run(Math.max(2, Math.round(roundMs / 3 / ms)));
  return Math.max(2, Math.round(roundMs / again.ms));
}

function rowOf(
  job: Job,
  threads: number,
  peak: number,
  ms: number,
  first: Answer,
  torchMs: number | null,
  theirFirst: Answer | null,
): Row {
  const gflops = job.operations / ms / 1e6;
  const differences = theirFirst?.losses.map((loss, i) => Math.abs(first.losses[i]! / loss - 1));
  return {
    job: job.name,
    threads,
    threadsUsed: first.threadsUsed!,
    parameters: parametersOf(job),
    kernels: first.kernels!,
    ms,
    tokensPerSecond: (1000 * job.tokens) / ms,
    gflops,
    shareOfPeak: gflops / (peak * first.threadsUsed!),
    megabytes: first.memoryBytes! / 1e6,
    torchMs,
    ratio: torchMs === null ? null : torchMs / ms,
    lossDifference: differences === undefined ? null : Math.max(...differences),
  };
}

const short = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

function line(row: Row): string {
  const cells = [
    row.job,
    row.threadsUsed < row.threads ? `${row.threads}, uses ${row.threadsUsed}` : row.threads,
    short(row.ms),
    short(row.tokensPerSecond),
    row.gflops.toFixed(1),
    `${(100 * row.shareOfPeak).toFixed(0)} %`,
    row.megabytes.toFixed(1),
    row.torchMs === null ? '' : short(row.torchMs),
    row.ratio === null ? '' : `${short(row.ratio)}×`,
    row.lossDifference === null ? '' : row.lossDifference.toExponential(0),
  ];
  return `| ${cells.join(' | ')} |`;
}

const peak = measurePeak();
console.log(`Peak of a matrix product on one core: ${peak.toFixed(1)} GF/s\n`);
console.log(
  '| job | threads | ms a step | tokens/s | GF/s | of peak | MB | PyTorch ms | ratio | loss differs by |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
const rows: Row[] = [];
for (const job of jobs.filter(({ name }) => name.includes(only))) {
  for (const threads of threadCounts) {
    const row = await measure(job, threads, peak);
    rows.push(row);
    console.log(line(row));
  }
}
const generation = 'generation'.includes(only) ? measureGeneration(torch) : [];
const inspect = 'inspect'.includes(only) ? measureInspect() : [];
const whole = 'whole'.includes(only) ? measureWhole(torch, rounds) : [];
mkdirSync('test-results', { recursive: true });
writeFileSync(
  'test-results/bench.json',
  `${JSON.stringify({ peak, rows, generation, inspect, whole }, null, 2)}\n`,
);
rmSync(folder, { recursive: true, force: true });

/** Each of these also runs alone: `node test/bench/FILE`. */
const whenAll = ['control', 'main-blocking', 'large-projects', 'import', ...frames];
for (const name of only === '' ? whenAll : frames.filter((one) => one.includes(only))) {
  console.log();
  spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
}
