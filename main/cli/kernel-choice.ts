import { hasCompiledKernels } from '../../engine/kernels/backend.ts';
import { chooseFlags, type FlagChoice } from '../engine-process/flag-choice.ts';
import { openFlagMemory } from '../engine-process/flag-memory.ts';
import { forkEngine } from '../engine-process/fork-node.ts';
import { type FlagSet, flagSets, setFlags } from '../engine-process/kernel-flags.ts';
import { superviseEngine } from '../engine-process/supervisor.ts';
import { labFolders } from '../folders.ts';
import { engineEntry } from '../paths.ts';
import { say } from './terminal.ts';

/**
 * Sets V8's flags for this process, before it compiles its kernels. The flags are known to be good on this computer, or
 * an engine process has just been started with them, so that no flags can crash the command line. Sets none if no
 * engine process can be started. Does nothing if kernels are compiled already: V8 would reuse their compiled code under
 * other flags, and misbehave.
 */
export async function prepareKernels(sets: readonly FlagSet[] = flagSets()): Promise<void> {
  if (hasCompiledKernels()) return;
  const memory = openFlagMemory(labFolders().settings);
  const flags = chooseFlags({ sets, memory, say });
  setFlags(flags.isKnown() || (await tryOnEngine(flags)) ? flags.next() : noFlags);
}

const noFlags: FlagSet = [];

/** Tries the flags on an engine process, which is then ended. Resolves to whether one became ready. */
function tryOnEngine(flags: FlagChoice): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (lived: boolean) => {
      engine.close();
      resolve(lived);
    };
    const engine = superviseEngine({
      fork: (set) => forkEngine(engineEntry, set, true),
      flags,
      events: { epochs() {}, checkpoint() {}, state() {} },
      onStatus: ({ status }) => status !== 'starting' && end(status === 'ready'),
      onDeath() {},
    });
  });
}
