/** The hello jobs from start to end: from the start of the process to the weights on the disk. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './side.ts';

export interface WholeRow {
  job: string;
  seconds: number;
  torchSeconds: number | null;
}

export function measureWhole(torch: string | null, rounds: number): WholeRow[] {
  const folder = mkdtempSync(join(tmpdir(), 'ohlol-whole-'));
  const ohlol = join(import.meta.dirname, '../../main/cli/launch.mjs');
  console.log('\n| from start to weights | ours, s | PyTorch, s | ratio |\n| --- | --- | --- | --- |');
  const rows = ['hello-rnn', 'hello-rnncell'].map((job): WholeRow => {
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const weights = join(folder, `${job}-${round}.json`);
      ours.push(secondsOf(process.execPath, [ohlol, 'train', job, '--quiet', '--weights', weights]));
      if (torch === null) continue;
      const script = join(import.meta.dirname, 'torch_hello.py');
      theirs.push(secondsOf(torch, ['-W', 'ignore', script, `${weights}.torch`, job]));
    }
    return { job, seconds: median(ours), torchSeconds: torch === null ? null : median(theirs) };
  });
  for (const { job, seconds, torchSeconds } of rows) {
    const theirs =
      torchSeconds === null ? ' | ' : `${torchSeconds.toFixed(2)} | ${(torchSeconds / seconds).toFixed(1)}×`;
    console.log(`| ${job} | ${seconds.toFixed(2)} | ${theirs} |`);
  }
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

function secondsOf(command: string, args: string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
  return (performance.now() - started) / 1000;
}
