/**
 * The ways in which engine processes die, each told apart, and that another one is started. Small programs
 * take the engine's place.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serialize } from 'node:v8';
import { createBirpc } from 'birpc';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunProgress } from '../../../engine/api.ts';
import type { EngineStatus } from '../../../main/api.ts';
import type { EngineChild } from '../../../main/engine-process/engine-child.ts';
import { deathProblem, type EngineDeath } from '../../../main/engine-process/engine-death.ts';
import { chooseFlags, type FlagChoice } from '../../../main/engine-process/flag-choice.ts';
import { forkEngine } from '../../../main/engine-process/fork-node.ts';
import type { FlagSet } from '../../../main/engine-process/kernel-flags.ts';
import {
  EngineLost,
  type EngineSupervisor,
  superviseEngine,
} from '../../../main/engine-process/supervisor.ts';
import { engineEntry } from '../../../main/paths.ts';
import { patience as untilMs } from '../../patience.ts';

/** For tests in which a busy machine's slowness must not be taken for a hang. */
const patient = { betweenBeatsMs: 40, idleMs: 60_000, busyMs: 60_000 };
const ordinary = { betweenBeatsMs: 40, idleMs: 400, busyMs: 4000 };

let patience = ordinary;
/** null: the supervisor's own choice. */
let flags: FlagChoice | null = null;
/** Environment variables of the first process only. */
let environment: NodeJS.ProcessEnv = {};
let work: string;
let supervisor: EngineSupervisor;
let deaths: EngineDeath[];
let statuses: EngineStatus[];
let states: string[];
let children: EngineChild[];

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'ohlol-supervisor-'));
  symlinkSync(resolve(import.meta.dirname, '../../../node_modules'), join(work, 'node_modules'));
  patience = ordinary;
  flags = null;
  deaths = [];
  statuses = [];
  states = [];
  children = [];
});

afterEach(() => {
  supervisor.close();
  rmSync(work, { recursive: true, force: true });
});

/** A program that describes itself as an engine, then does `rest`, where `calls` holds its other functions. */
const engineThat = (rest: string) => `
  import { createBirpc } from 'birpc';
  const calls = { describe: async () => ({ version: 'stand-in', kernels: 'reference', threads: 1 }) };
  const main = createBirpc(calls, { post: (m) => process.send(m), on: (l) => process.on('message', l) });
  ${rest}`;

/** The n-th process runs the n-th program; all later ones run the last. */
function supervise(...programs: string[]): void {
  supervisor = superviseEngine({
    fork(set) {
      const number = Math.min(children.length, programs.length - 1);
      const entry = programs[number] === '' ? engineEntry : join(work, `engine-${number}.mjs`);
      if (programs[number] !== '') writeFileSync(entry, programs[number]!);
      Object.assign(process.env, environment);
      const child = forkEngine(entry, set);
      for (const name of Object.keys(environment)) delete process.env[name];
      environment = {};
      children.push(child);
      return child;
    },
    events: { epochs() {}, checkpoint() {}, state: ({ runId }) => void states.push(runId) },
    onStatus: (status) => void statuses.push(status),
    onDeath: (death) => void deaths.push(death),
    patience,
    ...(flags && { flags }),
  });
}

const source = { kind: 'run', runId: '1' } as const;
const question = { kind: 'predict', input: '' } as const;

const until = (check: () => void) => vi.waitFor(check, untilMs);
const readyAgain = () => until(() => expect(statuses.at(-1)?.status).toBe('ready'));

describe('an engine that dies', () => {
  it.each<[string, string, EngineDeath]>([
    ['in order', 'setTimeout(() => process.exit(0), 50)', { kind: 'exited' }],
    [
      'by an exit code',
      'setTimeout(() => process.exit(7), 50)',
      { kind: 'crashed', exitCode: 7, lastWords: null },
    ],
    [
      'of an error that it can tell',
      "setTimeout(() => process.exit(1), 50, main.dying.asEvent({ name: 'TypeError', message: 'x' }))",
      { kind: 'crashed', exitCode: 1, lastWords: 'TypeError: x' },
    ],
    [
      'by a signal',
      "setTimeout(() => process.kill(process.pid, 'SIGTERM'), 50)",
      { kind: 'killed', signal: 'SIGTERM' },
    ],
    [
      'of a buffer that there is no memory for',
      "setTimeout(() => process.exit(1), 50, main.dying.asEvent({ name: 'RangeError', message: 'Array buffer allocation failed' }))",
      { kind: 'out-of-memory' },
    ],
    [
      'where the system has no room for V8, which then traps',
      "setTimeout(() => process.kill(process.pid, 'SIGTRAP'), 50)",
      { kind: 'out-of-memory' },
    ],
    ['of a hang', 'setTimeout(() => { for (;;); }, 50)', { kind: 'hung', silentSeconds: 0 }],
  ])('%s is told apart, named, and followed by another', async (_, rest, death) => {
    supervise(engineThat(`calls.ask = async () => void ${rest}`), engineThat(''));
    await supervisor.api.ask(source, question);
    await until(() => expect(deaths).toEqual([death]));
    await readyAgain();
    expect(children).toHaveLength(2);
    const after = deathProblem(death);
    expect(statuses.find(({ status }) => status === 'starting')).toEqual({ status: 'starting', after });
    expect(after.code).toBe(`engine-${death.kind}`);
    expect((await supervisor.api.describe()).version).toBe('stand-in');
  });

  it('of a full heap is told apart', async () => {
    patience = patient;
    environment = { NODE_OPTIONS: '--max-old-space-size=32' };
    supervise(
      engineThat(
        'calls.ask = async () => { const kept = []; for (;;) kept.push(new Array(1000).fill({})); };',
      ),
      engineThat(''),
    );
    expect(await supervisor.api.ask(source, question).catch((error) => error)).toBeInstanceOf(EngineLost);
    await until(() => expect(deaths).toEqual([{ kind: 'out-of-memory' }]));
    await readyAgain();
  });

  it('while it stands still, as by SIGSTOP, is ended and replaced', async () => {
    // The real engine takes time to start on a busy machine.
    patience = { ...ordinary, idleMs: 2000, busyMs: 60_000 };
    supervise('');
    await readyAgain();
    process.kill(children.at(-1)!.pid!, 'SIGSTOP');
    await until(() => expect(deaths.at(-1)).toMatchObject({ kind: 'hung' }));
    await readyAgain();
    expect((await supervisor.api.describe()).version).not.toBe('stand-in');
  });

  it('rejects the calls that wait for it; later ones wait for the next', async () => {
    supervise(
      engineThat('calls.ask = () => new Promise(() => setTimeout(() => process.exit(3), 50));'),
      engineThat('calls.ask = async () => ({ ok: false, problems: [] });'),
    );
    const lost = await supervisor.api.ask(source, question).catch((error) => error);
    expect(lost).toBeInstanceOf(EngineLost);
    expect(lost.problem.code).toBe('engine-crashed');
    expect(await supervisor.api.ask(source, question)).toEqual({ ok: false, problems: [] });
  });

  it('tells nothing any more that could be taken for the word of the next', async () => {
    const progress: RunProgress = {
      epoch: 1,
      batch: 0,
      batchesPerEpoch: 1,
      trainedMs: 0,
      tokensPerSecond: null,
    };
    const last = JSON.stringify({ runId: 'old', state: { status: 'running' }, progress });
    supervise(
      engineThat(
        `for (let i = 0; i < 2000; i++) main.state.asEvent(${last}); setTimeout(() => process.exit(0), 1);`,
      ),
      engineThat(''),
    );
    await readyAgain();
    await until(() => expect(deaths).toHaveLength(1));
    const heard = states.length;
    await readyAgain();
    await supervisor.api.describe();
    expect(states).toHaveLength(heard);
  });
});

/** An engine in this process whose last messages can arrive after it has ended, as messages in a pipe may. */
function childInHand() {
  const listeners: ((message: unknown) => void)[] = [];
  let receive: (message: unknown) => void = () => {};
  let exit: (code: number | null, signal: string | null) => void = () => {};
  const toMain = createBirpc<Record<string, (event: unknown) => void>, object>(
    { describe: async () => ({ version: 'in hand', kernels: 'reference', threads: 1 }) },
    {
      post: (message) => {
        for (const listener of listeners) listener(message);
      },
      on: (listener) => {
        receive = listener;
      },
    },
  );
  const child: EngineChild = {
    pid: 1,
    // Large messages would travel in pieces; these are small.
    post: (message) => receive(message),
    onMessage: (listener) => void listeners.push(listener),
    onExit: (listener) => {
      exit = listener;
    },
    kill() {},
  };
  return { child, toMain, die: () => exit(1, null) };
}

describe('an engine that has gone', () => {
  it('is not listened to any more: not before the next is there, nor after', async () => {
    const engines: ReturnType<typeof childInHand>[] = [];
    const heard: string[] = [];
    const hear = (what: string) => (event: { runId: string }) => void heard.push(`${what} ${event.runId}`);
    supervisor = superviseEngine({
      fork() {
        engines.push(childInHand());
        return engines.at(-1)!.child;
      },
      events: { epochs: hear('epochs'), checkpoint: hear('checkpoint'), state: hear('state') },
      onStatus: (status) => void statuses.push(status),
      onDeath: (death) => void deaths.push(death),
      patience: { betweenBeatsMs: 60_000, idleMs: 600_000, busyMs: 600_000 },
    });
    const rows = serialize([]);
    const sayAll = async (number: number, runId: string) => {
      const { toMain } = engines[number]!;
      await toMain.epochs!.asEvent({ runId, rows });
      await toMain.checkpoint!.asEvent({ runId });
      await toMain.state!.asEvent({ runId });
    };
    await readyAgain();
    await sayAll(0, 'alive');
    expect(heard).toEqual(['epochs alive', 'checkpoint alive', 'state alive']);
    engines[0]!.die();
    await sayAll(0, 'dead');
    await until(() => expect(engines).toHaveLength(2));
    await readyAgain();
    await sayAll(0, 'long dead');
    await sayAll(1, 'next');
    expect(heard.slice(3)).toEqual(['epochs next', 'checkpoint next', 'state next']);
  });
});

describe('patience', () => {
  it('is longer with an engine that was asked for something large', async () => {
    const busyMs = patience.idleMs * 2;
    supervise(
      engineThat(`calls.ask = async () => {
        const until = Date.now() + ${busyMs};
        while (Date.now() < until);
        return 'done';
      };`),
    );
    expect(await supervisor.api.ask(source, question)).toBe('done');
    expect(deaths).toEqual([]);
  });
});

describe('an engine that has much to say', () => {
  it('lives as long as it says something, whatever it answers', async () => {
    const messages = (3 * patience.idleMs) / 20;
    supervise(
      engineThat(`
        const { describe } = calls;
        let asked = 0;
        calls.describe = () => (asked++ === 0 ? describe() : new Promise(() => {}));
        let said = 0;
        const talk = setInterval(() => {
          void main.state.asEvent({ runId: 'a', state: { status: 'running' }, progress: null });
          if (++said === ${messages}) clearInterval(talk);
        }, 20);`),
      engineThat(''),
    );
    await until(() => expect(deaths.at(-1)).toMatchObject({ kind: 'hung' }));
    expect(states).toHaveLength(messages);
  });
});

describe('a lab that was held up itself, as by a slept computer', () => {
  it('does not blame the engine', async () => {
    supervise(engineThat(''));
    await readyAgain();
    for (let times = 0; times < 3; times++) {
      const until = performance.now() + patience.idleMs * 2;
      while (performance.now() < until);
      await supervisor.api.describe();
    }
    expect(deaths).toEqual([]);
  });
});

describe('an engine that cannot be started', () => {
  it('is given up after a few tries, says so, and is tried again when it is needed', async () => {
    const broken = 'process.exit(9)';
    supervise(broken, broken, broken, broken, broken, engineThat(''));
    await until(() => expect(statuses.at(-1)?.status).toBe('failed'));
    expect(children).toHaveLength(5);
    expect(statuses.at(-1)).toMatchObject({ problem: { code: 'engine-failed' } });
    expect((await supervisor.api.describe()).version).toBe('stand-in');
    await readyAgain();
  });
});

describe('flags that V8 does not live with', () => {
  let remembered: FlagSet[];
  let said: string[];
  const choose = (...sets: FlagSet[]) => {
    remembered = [];
    said = [];
    flags = chooseFlags({
      sets,
      memory: { recall: () => null, remember: (set) => void remembered.push(set) },
      say: (line) => void said.push(line),
    });
  };

  it('are left for the next set before anything is asked of the engine, and nobody sees a death', async () => {
    choose(['--deadly'], ['--wrong'], ['--good'], []);
    const engine = engineThat(`
      const [flag] = process.argv.slice(2);
      if (flag === '--deadly') process.kill(process.pid, 'SIGTRAP');
      if (flag === '--wrong') calls.describe = async () => ({ kernelLimit: 'wrong', threads: 1 });
      calls.ask = async () => flag;`);
    supervise(engine);
    // The question is asked while the first engine is still dying.
    expect(await supervisor.api.ask(source, question)).toBe('--good');
    expect(children).toHaveLength(3);
    expect([deaths, statuses.map(({ status }) => status)]).toEqual([[], ['ready']]);
    expect(remembered).toEqual([['--good']]);
    expect(said.map((line) => / with (\S+); it is started with (.+)$/.exec(line)?.slice(1))).toEqual([
      ['--deadly', '--wrong'],
      ['--wrong', '--good'],
    ]);
    // An engine that dies later is followed by one with the same flags.
    process.kill(children.at(-1)!.pid!, 'SIGTRAP');
    await until(() => expect(deaths).toEqual([{ kind: 'out-of-memory' }]));
    await readyAgain();
    expect(await supervisor.api.ask(source, question)).toBe('--good');
    expect(remembered).toHaveLength(1);
  });

  it.skipIf(!/^14\./.test(process.versions.v8) || process.arch !== 'x64')(
    'end the real engine on V8 14, where the inliner stays without the quick compiler; the next ones do not',
    async () => {
      const good = ['--no-liftoff', '--no-wasm-inlining', '--no-wasm-inlining-call-indirect'];
      choose(['--no-liftoff', '--no-wasm-lazy-compilation'], good, []);
      patience = patient;
      supervise('');
      expect(await supervisor.api.describe()).toMatchObject({ v8: process.versions.v8, flags: good });
      expect(said[0]).toContain('ended its process with --no-liftoff --no-wasm-lazy-compilation');
      expect([deaths, remembered]).toEqual([[], [good]]);
    },
  );

  it('can be none at all: the engine lives without any, and without its collector', async () => {
    choose([]);
    patience = patient;
    supervise('');
    const { kernels, flags: none } = await supervisor.api.describe();
    expect([kernels, none]).toEqual([expect.stringMatching(/^wasm-/), []]);
    await supervisor.api.closeRun('no such run').catch(() => {});
    expect((await supervisor.api.describe()).kernels).toBe(kernels);
  });
});
