import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interestingSteps, stripGradient } from '../../../renderer/screens/train/interesting.ts';

describe('the steps that have a column', () => {
  it('are those that were wrong, the ones that changed before the ones that never did', () => {
    const rows = [
      [true, false, false, true, false],
      [true, false, true, true, false],
      [true, false, true, true, false],
    ];
    expect(interestingSteps(rows, 8)).toEqual([1, 2, 4]);
    // Step 2 changed once and was wrong once; steps 1 and 4 were wrong three times.
    expect(interestingSteps(rows, 2)).toEqual([1, 2]);
    expect(interestingSteps([[true, true]], 8)).toEqual([]);
    expect(interestingSteps([], 8)).toEqual([]);
  });

  it('are in order, never too many, and never one that is always right', () => {
    const row = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 12 }),
        (rows, most) => {
          const steps = interestingSteps(rows, most);
          expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
          expect(steps.length).toBeLessThanOrEqual(most);
          for (const step of steps) expect(rows.some((one) => !one[step])).toBe(true);
          const wrong = Array.from({ length: 12 }, (_, step) => step).filter((step) =>
            rows.some((one) => !one[step]),
          );
          expect(steps.length).toBe(Math.min(most, wrong.length));
        },
      ),
    );
  });

  it('the strip has a mark for each step, neighbours of one colour as one', () => {
    expect(stripGradient([true, true, false, true], 'g', 'b')).toBe(
      'linear-gradient(to right, g 0.00% 50.00%, b 50.00% 75.00%, g 75.00% 100.00%)',
    );
    expect(stripGradient([], 'g', 'b')).toBe('none');
  });
});
