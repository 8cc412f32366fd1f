import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataSizes } from '../../../engine/data/check-experiment.ts';
import { writeJson } from '../../../engine/formats/write-json.ts';
import { parameterCount } from '../../../engine/model/spec.ts';
import { recipes } from '../../../engine/templates/recipes.ts';
import { findTemplate, templateNames } from '../../../engine/templates/templates.ts';

test('every document in the folder is a template', () => {
  const folder = join(import.meta.dirname, '../../../engine/templates');
  const documents = readdirSync(folder).filter((file) => file.endsWith('.json'));
  expect(documents.map((file) => file.replace('.json', '')).sort()).toEqual([...templateNames].sort());
});

test('names of other things are no templates', () => {
  for (const name of ['', 'hello', 'toString', '__proto__']) expect(findTemplate(name)).toBeNull();
});

test('a template is a document of its own each time', () => {
  expect(findTemplate('hello-rnn')).not.toBe(findTemplate('hello-rnn'));
});

test.each(Object.keys(recipes))(
  '%s.json is what its recipe makes (vitest -u writes it anew)',
  async (name) => {
    const file = join(import.meta.dirname, `../../../engine/templates/${name}.json`);
    await expect(writeJson(recipes[name]!())).toMatchFileSnapshot(file);
  },
);

describe('the tutorial', () => {
  test('programs 3 and 4 differ in reduction, learning rate and epochs', () => {
    const settings = (name: string) => {
      const { training } = findTemplate(name)!;
      return [training.loss, training.optimizer.lr, training.epochs];
    };
    expect(settings('hello-rnncell')).toEqual(['sum', 0.01, 100]);
    expect(settings('hello-rnn')).toEqual(['mean', 0.05, 20]);
  });

  test.each([
    ['rnncell-shapes', 2 * 4 + 2 * 2 + 2 + 2],
    ['hello-rnn', 4 * 4 + 4 * 4 + 4 + 4],
  ])('%s has %d parameters', (name, count) => {
    const experiment = findTemplate(name)!;
    expect(parameterCount(experiment.model, dataSizes(experiment))).toBe(count);
  });
});
