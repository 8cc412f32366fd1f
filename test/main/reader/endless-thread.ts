/**
 * A reader that never finishes a file called `endless`, uses up memory on one called `hungry`, and dies of
 * one called `fatal`.
 */
import { parentPort } from 'node:worker_threads';
import type { ReadJob } from '../../../main/reader/read-jobs.ts';

parentPort!.on('message', ({ source }: ReadJob) => {
  const name = source.kind === 'contents' ? source.fileName : source.path;
  if (name === 'endless') for (;;);
  const eaten: number[][] = [];
  while (name === 'hungry') eaten.push(Array.from({ length: 100_000 }, (_, i) => i + Math.random()));
  if (name === 'fatal') throw new Error('a defect');
  parentPort!.postMessage({ ok: true, value: name, warnings: [] });
});
