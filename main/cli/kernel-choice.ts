import { hasCompiledKernels } from '../../engine/kernels/backend.ts';
import { forkEngine } from '../browser/fork-engine.ts';
import { chooseFlags, type FlagChoice } from '../engine-process/flag-choice.ts';
import { openFlagMemory } from '../engine-process/flag-memory.ts';
import { type FlagSet, flagSets, setFlags } from '../engine-process/kernel-flags.ts';
import { superviseEngine } from '../engine-process/supervisor.ts';
import { labFolders } from '../folders.ts';
import { engineEntry } from '../paths.ts';
import { say } from './terminal.ts';

/**
 * Sets V8's flags for this process, before it compiles its kernels: those that are known to be good here, or else those
 * that an engine process has lived with now, so that no set of flags can end the command line. Without any where no
 * engine process can be had. What has been compiled already keeps the flags that it was compiled under: V8 takes compiled
 * code of the same module up again, and runs astray in it where its flags have changed since.
 */
export async function prepareKernels(sets: readonly FlagSet[] = flagSets()): Promise<void> {
  if (hasCompiledKernels()) return;
  const memory = openFlagMemory(labFolders().settings);
  const flags = chooseFlags({ sets, memory, say });
  setFlags(flags.isKnown() || (await tryOnEngine(flags)) ? flags.next() : noFlags);
}

const noFlags: FlagSet = [];

/** Whether an engine came to live; it is ended again. */
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
