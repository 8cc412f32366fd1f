/** Random documents, trained on 1 to 4 threads that wait at random, and compared with the plain loops. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EpochRow } from '../../../engine/api.ts';
import { type Backend, loadWasm, referenceBackend } from '../../../engine/kernels/backend.ts';
import { expectAgreement } from '../../parity/agree.ts';
import { type Changes, trainer } from '../documents.ts';
import { changesOf, documents } from '../random-changes.ts';
import { startWaitingThreads, type WaitingThreads } from '../waiting-threads.ts';

function train(changes: Changes, backend: Backend) {
  const run = trainer(changes, null, backend);
  const rows: EpochRow[] = [];
  for (let row = run.stepEpoch(); row !== null; row = run.stepEpoch()) rows.push({ ...row, trainedMs: 0 });
  const end = { rows, state: run.state(), checkpoint: Buffer.from(run.checkpoint()).toString('base64') };
  run.close();
  return end;
}

let threadsThatWait: WaitingThreads;
beforeAll(async () => {
  threadsThatWait = await startWaitingThreads();
}, 300_000);
afterAll(() => threadsThatWait.close());

it('train with the same bits on any number of threads, and as the plain loops do', {
  timeout: 300_000,
}, () => {
  const numRuns = Number(process.env.OHLOL_TEST_DOCUMENTS ?? 30);
  fc.assert(
    fc.property(documents, fc.nat(), (document, seed) => {
      const changes = changesOf(document);
      const alone = train(changes, loadWasm()!);
      for (const threads of [1, 2, 3, 4]) {
        expect(train(changes, threadsThatWait.backend(threads, seed)), `${threads} threads`).toEqual(alone);
      }
      // Adam and its relatives make a full step from any gradient, however small, even one that is only
      // rounding noise, so they are not compared with the plain loops.
      if (document.optimizer.name !== 'sgd') return;
      const plain = train(changes, referenceBackend);
      expect(alone.state).toEqual(plain.state);
      for (const key of ['loss', 'gradNorm'] as const) {
        const [actual, expected] = [alone, plain].map(({ rows }) => rows.map((row) => row[key]));
        expectAgreement(actual!, expected!, { absolute: 1e-5, relative: 1e-3 }, key);
      }
    }),
    { seed: Number(process.env.OHLOL_TEST_SEED ?? 9), numRuns },
  );
});
