import { afterEach, describe, expect, it, vi } from 'vitest';
import { gru } from '../../../engine/layers/gru.ts';
import { ohlol } from './run-ohlol.ts';

afterEach(() => void vi.restoreAllMocks());

describe('ohlol gradcheck', () => {
  it('prints a line a tensor, and that all agree', async () => {
    const { status, lines, stderr } = await ohlol('gradcheck', 'hello-rnn');
    expect(status).toBe(0);
    expect(lines.map((line) => line.split(/\s+/).slice(0, 5).join(' '))).toEqual([
      'rnn.weight_ih_l0 16 of 16 ok',
      'rnn.weight_hh_l0 16 of 16 ok',
      'rnn.bias_ih_l0 4 of 4 ok',
      'rnn.bias_hh_l0 4 of 4 ok',
    ]);
    expect(stderr).toBe('ohlol: all agree: 1 sample, eps 0.000001, within 0.00001 + 0.001 · |numeric|\n');
    expect((await ohlol('gradcheck', 'hello-rnn', '--seed', '7')).lines).not.toEqual(lines);
  });

  it('reads windows of a text, entries of each tensor', async () => {
    const { status, lines } = await ohlol('gradcheck', 'brackets', '--entries', '2', '--samples', '2');
    expect(status).toBe(0);
    expect(lines[0]).toMatch(/^rnn\.weight_ih_l0 +2 of 480 +ok +furthest apart at \[\d+\]: numeric /);
  });

  it('exits with 1 where a gradient is wrong, and names where', async () => {
    const right = gru.backward;
    vi.spyOn(gru, 'backward').mockImplementation((step, first, rows) => {
      right(step, first, rows);
      step.dGates[first * 3 * step.H]! += 0.5;
    });
    const { status, lines, stderr } = await ohlol(
      'gradcheck',
      'brackets',
      '--samples',
      '1',
      '--entries',
      '500',
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/\d of 6 tensors do not agree: 1 sample,/);
    expect(lines[0]).toMatch(/wrong at [1-9]/);
    expect(lines.at(-1)).toMatch(/ok +furthest/);
  });

  it.each([
    [['rnn-shapes'], 'rnn-shapes trains nothing: it shows shapes; there is no gradient to check'],
    [['hello-rnn', '--entries', '0'], '--entries is 0; it must be a whole number of 1 or more'],
    [['nothing.json'], 'nothing.json: there is no such file'],
    [
      [],
      '1 EXPERIMENT is needed; it is missing (usage: ohlol gradcheck EXPERIMENT [--samples N] [--entries N] [--seed N])',
    ],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await ohlol('gradcheck', ...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
