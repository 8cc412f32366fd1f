import { describe, expect, it } from 'vitest';
import { labelBalance } from '../../../renderer/screens/data/label-balance.ts';

const count = (label: string, train: number, validation = 0, off = 0) => ({ label, train, validation, off });

describe('the balance of labels', () => {
  it('is that of the rows for training: who is right that always says the most frequent', () => {
    const balance = labelBalance([count('a', 2, 90), count('b', 6, 1), count('c', 0, 0, 5)])!;
    expect([balance.most.label, balance.least.label, balance.share]).toEqual(['b', 'a', 0.75]);
    expect(balance.isUneven).toBe(true);
    expect(labelBalance([count('a', 3), count('b', 8)])!.isUneven).toBe(false);
  });

  it('names labels that validation alone has, and is nothing without training', () => {
    expect(labelBalance([count('a', 2), count('b', 0, 3), count('c', 0, 0, 1)])!.untrained).toEqual(['b']);
    expect(labelBalance([count('a', 0, 1), count('b', 0, 0, 1)])).toBeNull();
  });
});
