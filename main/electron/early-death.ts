/** Explains why the Electron binary died at its start. Imports no Electron, because it runs under Node. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Signals that end an app deliberately; all others mean that it died. */
const ASKED_TO_END = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Signals by which Chromium ends itself when it cannot go on. */
const CHROMIUM_GIVES_UP = ['SIGTRAP', 'SIGILL', 'SIGABRT'];
/** The smallest of Windows' exit codes for a process that died, for example of a missing library or a bad access. */
const FIRST_DEATH_CODE = 0x8000_0000;

/** What the process died of, for a sentence: `SIGTRAP`, `0xc0000005`; null if it ended as intended. */
export function deathOf(code: number | null, signal: NodeJS.Signals | null): string | null {
  if (signal !== null) return ASKED_TO_END.includes(signal) ? null : signal;
  // Some programs report such a code as a signed number.
  const unsigned = code === null ? 0 : code >>> 0;
  return unsigned >= FIRST_DEATH_CODE ? `0x${unsigned.toString(16)}` : null;
}

/**
 * A sentence that says why the app died at its start, and what helps.
 *
 * @param death of {@link deathOf}.
 * @param settings where the kernel shows its settings.
 */
export function whyItDied(death: string, settings = '/proc/sys'): string {
  const said = `The desktop app died of ${death} as it started`;
  const obstacle = CHROMIUM_GIVES_UP.includes(death) ? sandboxObstacle(settings) : null;
  return obstacle === null
    ? `${said}; what it printed before may say why.`
    : `${said}: its sandbox needs user namespaces, and this system lets ordinary programs make none (${obstacle.setting} is ${obstacle.value}). ${obstacle.cure}`;
}

interface Obstacle {
  setting: string;
  value: string;
  cure: string;
}

/** Kernel settings that deny user namespaces to ordinary programs, each with the value that does so. */
const OBSTACLES: readonly Obstacle[] = [
  {
    // Ubuntu, from 23.10 on.
    setting: 'kernel.apparmor_restrict_unprivileged_userns',
    value: '1',
    cure: 'An AppArmor profile allows them to this one app: the .deb brings it along, and docs/first-launch.md has it for a checkout.',
  },
  {
    // Debian, up to 10, and hardened kernels.
    setting: 'kernel.unprivileged_userns_clone',
    value: '0',
    cure: '`sudo sysctl kernel.unprivileged_userns_clone=1` allows them until the next start of the system.',
  },
  {
    setting: 'user.max_user_namespaces',
    value: '0',
    cure: '`sudo sysctl user.max_user_namespaces=10000` allows them until the next start of the system.',
  },
];

function sandboxObstacle(settings: string): Obstacle | null {
  return OBSTACLES.find(({ setting, value }) => readSetting(settings, setting) === value) ?? null;
}

/** A kernel setting; null if this kernel does not have it. */
function readSetting(settings: string, name: string): string | null {
  try {
    return readFileSync(join(settings, ...name.split('.')), 'utf8').trim();
  } catch {
    return null;
  }
}
