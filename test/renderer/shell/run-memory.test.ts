import { expect, it } from 'vitest';
import { type Draft, emptyDraft } from '../../../engine/data/draft.ts';
import type { EngineStatus } from '../../../main/api.ts';
import { memoryKey } from '../../../renderer/screens/shell/run-memory.ts';
import { RowCounter } from '../../../renderer/state/row-totals.ts';

const starting: EngineStatus = { status: 'starting' };
const keyOf = (draft: Draft, engine: EngineStatus = starting) =>
  memoryKey(draft, new RowCounter().totals(draft.rows, draft.data), engine);

it('the plan is asked for anew where sizes change, and not for the rest', () => {
  const draft = emptyDraft();
  const { model, training, data } = draft;
  const key = keyOf(draft);
  expect(keyOf({ ...draft, name: 'b', training: { ...training, seed: 7, epochs: 3 } })).toBe(key);
  const others: Draft[] = [
    { ...draft, model: { ...model, hiddenSize: model.hiddenSize + 1 } },
    { ...draft, training: { ...training, batchSize: training.batchSize + 1 } },
    { ...draft, data: { ...data, text: 'more' } },
    { ...draft, rows: [...draft.rows, { id: 99, input: 'abc', target: 'cba', note: '', split: 'train' }] },
  ];
  const keys = others.map((other) => keyOf(other));
  expect(new Set([key, ...keys]).size).toBe(others.length + 1);
  const withThreads = (threads: number) => ({ status: 'ready', engine: { threads } }) as EngineStatus;
  expect(keyOf(draft, withThreads(2))).not.toBe(keyOf(draft, withThreads(1)));
});
