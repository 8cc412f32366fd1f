/** Which flags an engine gets, given what earlier engines have shown. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineDescription } from '../../../engine/api.ts';
import { chooseFlags, type FlagChoice, type FlagMemory } from '../../../main/engine-process/flag-choice.ts';
import { openFlagMemory } from '../../../main/engine-process/flag-memory.ts';
import { type FlagSet, flagSets, pairs } from '../../../main/engine-process/kernel-flags.ts';
import { patience } from '../../patience.ts';

const newName = ['--once', '--wasm-revectorize'];
const oldName = ['--once', '--experimental-wasm-revectorize'];
const small = ['--once'];
const sets: FlagSet[] = [newName, oldName, small, []];

const trap = { kind: 'out-of-memory' } as const;
const engine = (kernelLimit: EngineDescription['kernelLimit']): EngineDescription => ({
  version: '1.0.0',
  kernels: 'wasm-256',
  kernelLimit,
  threads: 1,
});

let remembered: FlagSet[];
let said: string[];

beforeEach(() => {
  remembered = [];
  said = [];
});

function choose(recalled: FlagSet | null = null): FlagChoice {
  const memory: FlagMemory = { recall: () => recalled, remember: (set) => void remembered.push(set) };
  return chooseFlags({ sets, memory, say: (line) => void said.push(line) });
}

describe('the sets', () => {
  it.each([
    ['13.6.233.17-node.53', ['--experimental-wasm-revectorize']],
    ['14.6.202.34-node.34', ['--experimental-wasm-revectorize']],
    ['14.7.1', ['--wasm-revectorize', '--experimental-wasm-revectorize']],
    ['15.6.88', ['--wasm-revectorize', '--experimental-wasm-revectorize']],
  ])('of V8 %s ask for pairs by the names that it may know', (v8, names) => {
    const asked = flagSets(v8, 'x64').filter(pairs);
    expect(asked.slice(0, names.length).map((set) => set.at(-1))).toEqual(names);
    expect(flagSets(v8, 'arm64').filter(pairs)).toEqual([]);
  });

  it('end with none, and leave the inliner out wherever the quick compiler is', () => {
    for (const set of [...flagSets('15.6', 'x64'), ...flagSets('14.6', 'arm64')]) {
      expect(set.includes('--no-liftoff')).toBe(set.includes('--no-wasm-inlining'));
    }
    expect(flagSets().at(-1)).toEqual([]);
  });
});

describe('the choice', () => {
  it('is the first set that lives and pairs, remembered', () => {
    const choice = choose();
    expect(choice.next()).toBe(newName);
    expect(choice.judge(engine(null))).toBe('keep');
    expect(remembered).toEqual([newName]);
    expect(said).toEqual([]);
  });

  it('goes down a set at each death, to none', () => {
    const choice = choose();
    for (const set of sets.slice(1)) {
      expect(choice.diedAtStart(trap)).toBe(true);
      expect(choice.next()).toBe(set);
    }
    // No smaller set is left, so the death has another cause.
    expect(choice.diedAtStart(trap)).toBe(false);
    expect(choice.judge(engine('wide-slow'))).toBe('keep');
    expect(remembered).toEqual([[]]);
    expect(said).toHaveLength(3);
    expect(said[0]).toContain(
      'ended its process with --once --wasm-revectorize; it is started with --once --exp',
    );
    expect(said[2]).toMatch(/; it is started with no flags$/);
  });

  it.each(['wrong', 'wide-wrong', 'missing'] as const)('goes down where sums are %s', (limit) => {
    const choice = choose();
    expect(choice.judge(engine(limit))).toBe('replace');
    expect(choice.next()).toBe(oldName);
    expect(choice.judge(engine(null))).toBe('keep');
    expect(remembered).toEqual([oldName]);
  });

  it('tries the other name where operations are not paired', () => {
    const choice = choose();
    expect(choice.judge(engine('wide-slow'))).toBe('replace');
    expect(choice.next()).toBe(oldName);
    expect(choice.judge(engine(null))).toBe('keep');
    expect(remembered).toEqual([oldName]);
  });

  it.each<[string, (choice: FlagChoice) => unknown]>([
    ['does not pair either', (choice) => choice.judge(engine('wide-slow'))],
    ['dies', (choice) => choice.diedAtStart(trap)],
    ['gives wrong sums', (choice) => choice.judge(engine('wrong'))],
  ])('goes back to what was right where the other name %s', (_, happens) => {
    const choice = choose();
    choice.judge(engine('wide-slow'));
    happens(choice);
    expect(choice.next()).toBe(newName);
    expect(choice.judge(engine('wide-slow'))).toBe('keep');
    expect(remembered).toEqual([newName]);
  });

  it.each([
    { kind: 'killed', signal: 'SIGKILL' },
    { kind: 'killed', signal: 'SIGTERM' },
    { kind: 'crashed', exitCode: 1, lastWords: 'Error: no such module' },
    { kind: 'exited' },
    { kind: 'not-started' },
  ] as const)('does not blame the flags for $kind $signal', (death) => {
    expect(choose().diedAtStart(death)).toBe(false);
  });

  it.each([
    { kind: 'killed', signal: 'SIGSEGV' },
    { kind: 'killed', signal: 'SIGILL' },
    { kind: 'hung', silentSeconds: 60 },
    { kind: 'crashed', exitCode: 0x80000003, lastWords: null },
    { kind: 'crashed', exitCode: -1073741819, lastWords: null },
  ] as const)('blames them for $kind $signal $exitCode', (death) => {
    expect(choose().diedAtStart(death)).toBe(true);
  });

  it('once made stays as it is, whatever becomes of the engine', () => {
    const choice = choose();
    choice.judge(engine(null));
    expect(choice.diedAtStart(trap)).toBe(false);
    expect(choice.judge(engine('wide-slow'))).toBe('keep');
    expect(choice.next()).toBe(newName);
    expect(remembered).toEqual([newName]);
  });
});

describe('a memory', () => {
  it('comes first, and is not searched for better again', () => {
    const choice = choose(oldName);
    expect(choice.isKnown()).toBe(true);
    expect(choice.next()).toBe(oldName);
    expect(choice.judge(engine('wide-slow'))).toBe('keep');
    expect(remembered).toEqual([]);
  });

  it('that kills the engine after all is given up for less', () => {
    const choice = choose(oldName);
    expect(choice.diedAtStart(trap)).toBe(true);
    expect(choice.isKnown()).toBe(false);
    expect(choice.next()).toBe(small);
    choice.judge(engine('wide-slow'));
    expect(remembered).toEqual([small]);
  });

  it('of flags that are not among those to be tried is none', () => {
    const choice = choose(['--max-old-space-size=1']);
    expect(choice.isKnown()).toBe(false);
    expect(choice.next()).toBe(newName);
  });
});

describe('the file of memories', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ohlol-flags-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = () => join(folder, 'settings', 'engine.json');
  const open = () => openFlagMemory(join(folder, 'settings'));

  async function remember(set: FlagSet): Promise<void> {
    open().remember(set);
    await vi.waitFor(() => expect(open().recall()).toEqual(set), patience);
  }

  it('holds what was remembered, by the version of V8, and what other versions have', async () => {
    expect(open().recall()).toBe(null);
    await remember(newName);
    const [[key]] = Object.entries(JSON.parse(readFileSync(path(), 'utf8'))) as [[string, unknown]];
    expect(key).toContain(`V8 ${process.versions.v8}`);
    writeFileSync(path(), JSON.stringify({ 'another V8': small, __proto__x: [] }));
    expect(open().recall()).toBe(null);
    await remember(oldName);
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ 'another V8': small });
  });

  it('is for its owner alone, and has one entry of each version, the latest sixteen', async () => {
    const others = Array.from({ length: 40 }, (_, index) => [`V8 of ${index}`, small]);
    await remember(newName);
    if (process.platform !== 'win32') expect(statSync(join(folder, 'settings')).mode & 0o777).toBe(0o700);
    const [ours] = Object.keys(JSON.parse(readFileSync(path(), 'utf8')));
    writeFileSync(path(), JSON.stringify(Object.fromEntries([...others, [ours, newName]])));
    await remember(oldName);
    const kept = Object.entries(JSON.parse(readFileSync(path(), 'utf8')));
    expect(kept).toHaveLength(16);
    expect(kept[0]).toEqual([ours, oldName]);
    expect(kept.slice(1)).toEqual(others.slice(0, 15));
  });

  it.each(['', '{', '[]', '{"a":1}', 'null'])('may be spoilt: %s', async (text) => {
    await remember(newName);
    writeFileSync(path(), text);
    expect(open().recall()).toBe(null);
    await remember(small);
  });

  it('that cannot be written is told of, and costs nothing else', async () => {
    const failures: unknown[] = [];
    writeFileSync(join(folder, 'settings'), 'a file where the folder belongs');
    const memory = openFlagMemory(join(folder, 'settings'), (error) => void failures.push(error));
    memory.remember(newName);
    await vi.waitFor(() => expect(failures).toHaveLength(1), patience);
    expect(memory.recall()).toBe(null);
  });
});
