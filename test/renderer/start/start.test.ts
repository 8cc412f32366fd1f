import { describe, expect, it } from 'vitest';
import { experimentToDraft } from '../../../engine/data/draft-experiment.ts';
import type { ExperimentDocument } from '../../../engine/model/experiment.ts';
import { findTemplate, templateNames } from '../../../engine/templates/templates.ts';
import { mappingLinks, templatePicture } from '../../../renderer/screens/start/picture.ts';
import { isFound, openedText, stateChip } from '../../../renderer/screens/start/recent.ts';
import { templateText } from '../../../renderer/screens/start/templates.ts';
import { droppedKind } from '../../../renderer/state/dropped-kind.ts';

const all = templateNames.map((name): [string, ExperimentDocument] => [name, findTemplate(name)!]);

describe('templates', () => {
  it('each have a sentence and a picture inside its frame', () => {
    expect(all.length).toBeGreaterThanOrEqual(4);
    for (const [name, experiment] of all) {
      expect(templateText(name), name).not.toBeNull();
      const shapes = templatePicture(experiment);
      expect(shapes.length, name).toBeGreaterThan(4);
      for (const shape of shapes) {
        if ('x' in shape) expect(shape.x, name).toBeGreaterThanOrEqual(0);
        if ('x' in shape) expect(shape.x, name).toBeLessThan(190);
      }
      expect(experimentToDraft(experiment).name).toBe(experiment.name);
    }
  });
});

it('a long mapping is drawn by its ends, with the link from the first step to the last', () => {
  const shapes = templatePicture(findTemplate('delayed-echo')!);
  const tokens = shapes.flatMap((shape) => (shape.kind === 'token' ? [shape.token] : []));
  expect(tokens.join('')).toBe('....…...aa...…...?');
  expect(shapes.filter(({ kind }) => kind === 'arrow')).toEqual([
    { kind: 'arrow', from: [27.5, 38], to: [163.5, 26], head: false },
  ]);
});

describe('what links input and target', () => {
  const links = (input: string, target: string) => mappingLinks([...input], [...target]);
  it('is step to step, mirrored, or some steps late', () => {
    expect(links('hello', 'ohlol')).toBe('same');
    expect(links('stop', 'pots')).toBe('mirrored');
    expect(links('abcd···', '···abcd')).toBe(3);
    expect(links('a...?', '....a')).toBe(4);
    expect(links('a', 'a')).toBe('same');
    expect(links('anna', 'anna')).toBe('same');
  });
});

describe('recent projects', () => {
  const run = {
    status: 'finished' as const,
    epoch: 20,
    epochs: 20,
    loss: 0.6,
    losses: [],
    prediction: 'ohlol',
    right: true,
  };
  it('say in a chip what the network says, or how the run stands', () => {
    expect(stateChip(run)).toEqual({ kind: 'good', text: 'ohlol', key: 'shell_status_finished' });
    expect(stateChip({ ...run, right: false, prediction: 'ohlll' }).kind).toBe('bad');
    expect(stateChip({ ...run, status: 'interrupted' })).toEqual({
      kind: 'warn',
      text: null,
      key: 'shell_status_interrupted',
    });
    expect(stateChip({ ...run, status: 'diverged' }).kind).toBe('bad');
    expect(stateChip({ ...run, prediction: null }).kind).toBe('plain');
    expect(stateChip(null).key).toBe('start_no_run');
  });

  it('say when they were opened in the language’s words', () => {
    const now = new Date(2026, 10, 23, 12, 0);
    const at = (...date: [number, number, number, number?, number?]) => new Date(...date).toISOString();
    expect(openedText(at(2026, 10, 23, 11, 58), now, 'en')).toBe('2 min. ago');
    expect(openedText(at(2026, 10, 22, 23, 50), now, 'en')).toBe('yesterday');
    expect(openedText(at(2026, 10, 16), now, 'en')).toBe('16 Nov');
    expect(openedText(at(2025, 0, 2), now, 'en')).toBe('2 Jan 2025');
    expect(openedText(at(2026, 10, 22, 1), now, 'zh')).toBe('昨天');
    expect(openedText(at(2026, 10, 16), now, 'zh')).toBe('11月16日');
  });

  it('are found by any part of a name, whatever the case', () => {
    expect(isFound(' RNN', 'hello-rnn')).toBe(true);
    expect(isFound('gru', 'hello-rnn', '/home/x.ohlol')).toBe(false);
    expect(isFound('', 'anything')).toBe(true);
  });
});

describe('dropped files', () => {
  it('are told apart by their ending', () => {
    const kinds = ['a.OHLOL', 'a.json', 'a.b.tsv', 'a.png', 'ohlol'].map(droppedKind);
    expect(kinds).toEqual(['project', 'document', 'data', null, null]);
  });
});
