import { setFlagsFromString } from 'node:v8';

/** What V8 is asked for before it compiles the kernels; the shorter, the safer. */
export type FlagSet = readonly string[];

/**
 * Compiled well at once instead of quickly first. Without the quick compiler's counts of calls V8 14's inliner finds
 * nothing to go by and ends the process, so it is off with it: both flags, since the second would imply the first
 * where flags are set before the start, and is not taken back with it where they are set later.
 */
const compileOnce = [
  '--no-liftoff',
  '--no-wasm-inlining',
  '--no-wasm-inlining-call-indirect',
  '--no-wasm-lazy-compilation',
];

/**
 * The flags' sets to be tried on this V8, the fastest first, the last one empty: no V8 is trusted to live with what
 * another one took. `flag-choice.ts` goes through them.
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
 * Pairs the kernels' 128-bit operations into 256-bit ones; V8 has it for x64 alone. Its name was tried up to 14.6
 * and is another in 15.6, and V8 refuses a name that it does not know, so both are tried in between and later.
 */
function pairingFlags(v8: string): string[] {
  const [major = 0, minor = 0] = v8.split('.').map(Number);
  const first = '--experimental-wasm-revectorize';
  return major < 14 || (major === 14 && minor <= 6) ? [first] : ['--wasm-revectorize', first];
}

/** Whether a set lets the wide tiles be fast, where V8 knows its flags. */
export function pairs(set: FlagSet): boolean {
  return set.some((flag) => flag.endsWith('wasm-revectorize'));
}

/**
 * For this process; before the engine compiles its kernels. One call a flag: V8 passes over all that stands behind one
 * that it does not know.
 */
export function setFlags(set: FlagSet): void {
  for (const flag of set) setFlagsFromString(flag);
}

export function flagsText(set: FlagSet): string {
  return set.length === 0 ? 'no flags' : set.join(' ');
}
