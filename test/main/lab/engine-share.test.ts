import { expect, it } from 'vitest';
import type { WeightsSource } from '../../../engine/api.ts';
import type { EngineDoor } from '../../../main/engine-process/engine-door.ts';
import { shareOf } from '../../../main/lab/runs/engine-share.ts';

it('a question to weights names the project’s own runs, under patches too', async () => {
  const asked: WeightsSource[] = [];
  const engine = new Proxy({} as EngineDoor, {
    get: () => async (source: WeightsSource) => void asked.push(source),
  });
  const share = shareOf(engine, 'p2');
  const run: WeightsSource = { kind: 'run', runId: '7' };
  const values = [{ key: 'h0', index: 0, value: 1 }];
  const twice: WeightsSource = { kind: 'patched', from: { kind: 'patched', from: run, values }, values: [] };
  const file: WeightsSource = { kind: 'file', bytes: Uint8Array.of(1) };
  const place = { epoch: 3, batch: 1 };
  const past: WeightsSource = { kind: 'past', runId: '7', place };
  for (const source of [run, twice, file, past]) await share.ask(source, { kind: 'predict', input: 'a' });
  const full = { kind: 'run', runId: 'p2:7' };
  const both = { kind: 'patched', from: { kind: 'patched', from: full, values }, values: [] };
  expect(asked).toEqual([full, both, file, { kind: 'past', runId: 'p2:7', place }]);
});
