/** Identifies this computer and the start of its processes, to tell a living holder of a file from a dead one. */
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

let known: string | null | undefined;

/**
 * A hashed id of this computer that stays when the computer is renamed; null if its system has none. In a container,
 * which has processes of its own, the id of the container.
 */
export function computerId(): string | null {
  if (known === undefined) {
    const own = systemsId();
    // machine-id(5) asks never to expose the identifier itself.
    known = own && createHmac('sha256', own).update('ohlol project lock').digest('hex').slice(0, 16);
  }
  return known;
}

/** `name [id]`, where the name is for people; or the name alone if there is no id, as version 1 of the lab wrote it. */
export function thisComputer(): string {
  const id = computerId();
  return id === null ? hostname() : `${hostname()} [${id}]`;
}

/** Parses what `thisComputer` has written; `id` is null if it has none. */
export function readComputer(text: string): { name: string; id: string | null } {
  const [, name = text, id = null] = /^(.*) \[([0-9a-f]{16})\]$/.exec(text) ?? [];
  return { name, id };
}

/** Whether `text` names this computer, even if the computer was renamed. */
export function isThisComputer(text: string): boolean {
  const { name, id } = readComputer(text);
  return id === null ? name === hostname() : id === computerId();
}

function systemsId(): string | null {
  try {
    switch (process.platform) {
      case 'linux':
        return linuxId();
      case 'darwin': {
        const said = run('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']);
        return /"IOPlatformUUID" = "([^"]+)"/.exec(said)?.[1] ?? null;
      }
      case 'win32': {
        const key = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography';
        return /REG_SZ\s+(\S+)/.exec(run('reg', ['query', key, '/v', 'MachineGuid']))?.[1] ?? null;
      }
      default:
        return null;
    }
  } catch {
    return null;
  }
}

/** The initial process namespace, whose number is the same on every Linux (PROC_PID_INIT_INO in its sources). */
const wholeComputer = 'pid:[4026531836]';

function linuxId(): string | null {
  const id = readFileSync('/etc/machine-id', 'utf8').trim();
  if (id === '') return null;
  const processes = readlinkSync('/proc/self/ns/pid');
  // Containers of one image share its id, and process ids mean nothing outside their namespace.
  return processes === wholeComputer ? id : `${id} ${processes} ${bootId()}`;
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * When a process started, in the words of its system; null if the system does not say. It tells processes with the same
 * id apart: systems reuse ids, soon after a restart.
 */
export function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      // proc(5): the 22nd field is the start in ticks since boot; the 2nd, in parentheses, may hold anything.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      return `${bootId()} ${fields[19]}`;
    }
    return process.platform === 'darwin' ? run('/bin/ps', ['-o', 'lstart=', '-p', String(pid)]).trim() : null;
  } catch {
    return null;
  }
}

function run(program: string, args: string[]): string {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return execFileSync(program, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] });
}
