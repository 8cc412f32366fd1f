/** Which computer this is, and when its processes started: what tells a living holder of a file from a dead one. */
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

let known: string | null | undefined;

/**
 * A name for this computer that stays when it is renamed, hashed; null where its system has none. In a container,
 * which has processes of its own, the container's.
 */
export function computerId(): string | null {
  if (known === undefined) {
    const own = systemsId();
    // As machine-id(5) asks: never the identifier itself.
    known = own && createHmac('sha256', own).update('ohlol project lock').digest('hex').slice(0, 16);
  }
  return known;
}

/** `name [id]`, the name for people; the name alone where there is no id, as version 1 of the lab wrote it. */
export function thisComputer(): string {
  const id = computerId();
  return id === null ? hostname() : `${hostname()} [${id}]`;
}

export function readComputer(text: string): { name: string; id: string | null } {
  const [, name = text, id = null] = /^(.*) \[([0-9a-f]{16})\]$/.exec(text) ?? [];
  return { name, id };
}

/** Whether `text` names this computer, whatever its name is now. */
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

/** The first process namespace's number, the same on every Linux (PROC_PID_INIT_INO in its sources). */
const wholeComputer = 'pid:[4026531836]';

function linuxId(): string | null {
  const id = readFileSync('/etc/machine-id', 'utf8').trim();
  if (id === '') return null;
  const processes = readlinkSync('/proc/self/ns/pid');
  // Containers of one image share its id, and numbers of processes mean nothing from one to another.
  return processes === wholeComputer ? id : `${id} ${processes} ${bootId()}`;
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * When a process started, in its system's own words: systems give numbers out again, after a restart soon the same
 * ones. null where the system does not say.
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
