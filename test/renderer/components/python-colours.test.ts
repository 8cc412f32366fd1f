import { describe, expect, it } from 'vitest';
import { pytorchModule } from '../../../engine/formats/pytorch-module.ts';
import { defaultModel } from '../../../engine/model/spec.ts';
import { highlightPython } from '../../../renderer/components/python-colours.ts';

describe('Python', () => {
  it('is coloured without losing a character', () => {
    const lstm = { ...defaultModel(), cell: 'lstm', head: 'linear', initialState: 'learned' } as const;
    const text = pytorchModule(lstm, { inputSize: 4, outputSize: 4 }, 'mapping', {
      T: 5,
      B: 1,
      batchFirst: false,
      layout: 'T, B',
    })!;
    const parts = highlightPython(text);
    expect(parts.map((part) => part.text).join('')).toBe(text);
    expect(parts.filter(({ kind }) => kind === 'name').map((part) => part.text)).toEqual(['Model']);
    expect(parts.find(({ kind }) => kind === 'comment')?.text).toMatch(/^# x/);
  });
});
