/** How the end of an engine process is classified from what its host reports. */
import { expect, it } from 'vitest';
import { tellDeath } from '../../../main/engine-process/engine-death.ts';

const silent = { dying: null, silentSeconds: null };

it.each([
  [null, 'SIGTRAP'],
  [null, 'SIGABRT'],
  [133, null],
  [134, null],
  [0xe0000008, null],
  // The same code as a signed number.
  [0xe0000008 | 0, null],
])('code %j and signal %j: memory was wanting', (code, signal) => {
  expect(tellDeath(code, signal, silent)).toEqual({ kind: 'out-of-memory' });
});

it.each([
  [null, 'SIGSEGV', { kind: 'killed', signal: 'SIGSEGV' }],
  [0xc0000005, null, { kind: 'crashed', exitCode: 0xc0000005, lastWords: null }],
  [5, null, { kind: 'crashed', exitCode: 5, lastWords: null }],
])('code %j and signal %j: it was not', (code, signal, death) => {
  expect(tellDeath(code, signal, silent)).toEqual(death);
});
