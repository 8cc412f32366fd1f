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
  await share.predict(run, { input: 'a' });
  await share.trace(twice, { input: 'a' });
  await share.findGradients(file, { input: 'a', target: 'b', step: null });
  await share.mapGradients(run, { input: 'a', target: 'b' });
  await share.generate(run, { prompt: '', length: 1, temperature: 0, seed: 0 });
  const full = { kind: 'run', runId: 'p2:7' };
  const both = { kind: 'patched', from: { kind: 'patched', from: full, values }, values: [] };
  expect(asked).toEqual([full, both, file, full, full]);
});
