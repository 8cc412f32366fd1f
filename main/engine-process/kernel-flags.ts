import { setFlagsFromString } from 'node:v8';

/** Flags that are set in V8 before it compiles the kernels. The fewer, the safer. */
export type FlagSet = readonly string[];

/**
 * Makes V8 optimise the kernels at once instead of compiling them quickly first. The inliner is off as well: without
 * the quick compiler's call counts, V8 14's inliner has no data and crashes the process. Both inlining flags are
 * needed, because the second implies the first when flags are set before the start, but does not reset it when they are
 * set later.
 */
const compileOnce = [
  '--no-liftoff',
  '--no-wasm-inlining',
  '--no-wasm-inlining-call-indirect',
  '--no-wasm-lazy-compilation',
];

/**
 * The sets of flags to try on this V8, fastest first, with the empty set last: a V8 may not cope with what another one
 * accepted. `flag-choice.ts` tries them in turn.
 */
export function flagSets(v8: string = process.versions.v8, arch: string = process.arch): FlagSet[] {
  const once = [...compileOnce, '--expose-gc'];
  const pairings = arch === 'x64' ? pairingFlags(v8) : [];
  return [
    ...pairings.map((pairing) => [...once, pairing]),
    ...pairings.slice(0, 1).map((pairing) => ['--expose-gc', '--no-wasm-lazy-compilation', pairing]),
    once,
    [],
  ];
}

/**
 * The flags that pair the kernels' 128-bit operations into 256-bit ones; V8 has this for x64 only. The flag has one
 * name up to V8 14.6 (tested) and another in 15.6. V8 refuses an unknown name, so both are tried for versions after
 * 14.6.
 */
function pairingFlags(v8: string): string[] {
  const [major = 0, minor = 0] = v8.split('.').map(Number);
  const first = '--experimental-wasm-revectorize';
  return major < 14 || (major === 14 && minor <= 6) ? [first] : ['--wasm-revectorize', first];
}

/** Whether a set can make the wide tiles fast, if V8 knows its flags. */
export function pairs(set: FlagSet): boolean {
  return set.some((flag) => flag.endsWith('wasm-revectorize'));
}

/**
 * Sets flags of this process; call it before the engine compiles its kernels. Each flag needs its own call, because V8
 * ignores all flags behind one that it does not know.
 */
export function setFlags(set: FlagSet): void {
  for (const flag of set) setFlagsFromString(flag);
}

/** A set of flags as text for the log. */
export function flagsText(set: FlagSet): string {
  return set.length === 0 ? 'no flags' : set.join(' ');
}
