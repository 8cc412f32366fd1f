import { beforeEach, describe, expect, it } from 'vitest';
import { kernelText, runtimeText, threadChoices } from '../../../renderer/screens/shell/preferences.ts';
import { setLocale } from '../../../renderer/text/text.svelte.ts';

const engine = { version: '1.0.0', kernels: 'wasm-256', kernelLimit: null, threads: 1 } as const;

describe('the choice of threads', () => {
  it('goes from automatic to all cores, and holds what is chosen already', () => {
    expect(threadChoices({ automatic: 1, most: 8, cores: 2 }, null)).toEqual(['automatic', '1', '2']);
    expect(threadChoices({ automatic: 8, most: 8, cores: 64 }, null)).toHaveLength(9);
    expect(threadChoices({ automatic: 1, most: 8, cores: 1 }, 3)).toEqual(['automatic', '1', '2', '3']);
  });
});

describe('what is said of the engine', () => {
  beforeEach(() => setLocale('en'));

  it('names the kernels and their threads', () => {
    expect(kernelText(engine)).toBe('float32, 256-bit WebAssembly on 1 thread.');
    expect(kernelText({ ...engine, threads: 3 })).toBe('float32, 256-bit WebAssembly on 3 threads.');
  });

  it('and why there are no faster ones', () => {
    const narrow = { ...engine, kernels: 'wasm-128' } as const;
    expect(kernelText({ ...narrow, kernelLimit: 'wide-slow' })).toContain('256 bits are not faster here.');
    expect(kernelText({ ...narrow, kernelLimit: 'wide-wrong' })).toContain('other numbers');
    const plain = { ...engine, kernels: 'reference' } as const;
    expect(kernelText({ ...plain, kernelLimit: 'missing' })).toBe(
      'float32, plain loops. WebAssembly SIMD is missing here.',
    );
    expect(kernelText({ ...plain, kernelLimit: 'wrong' })).toContain('other numbers');
  });

  it('and with which flags of V8', () => {
    expect(runtimeText({ v8: '14.6', flags: ['--no-liftoff', '--expose-gc'] })).toBe(
      '14.6 with --no-liftoff --expose-gc; tried on this computer.',
    );
    expect(runtimeText({ v8: '14.6', flags: [] })).toContain('14.6 without flags');
  });
});
