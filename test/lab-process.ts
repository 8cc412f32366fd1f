/** Starts the app under the browser host in folders of its own, for tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface LabProcess {
  /** The address with its one-time key. */
  url: string;
  /** The folder in which this lab keeps projects and settings. */
  home: string;
  process: ChildProcess;
  /** Ends the app as a user would; resolves when it has exited. */
  stop(): Promise<void>;
  /** Kills the app as a power cut would; resolves when it is gone. */
  kill(): Promise<void>;
}

const root = resolve(import.meta.dirname, '..');

/** A new empty folder for a lab; remove it with {@link removeHome}. */
export function makeHome(): string {
  return mkdtempSync(join(tmpdir(), 'ohlol-lab-'));
}

export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** @param entry main/start.ts, or the start.js of a built or packaged app. */
export async function startLab(home: string, entry = join(root, 'main', 'start.ts')): Promise<LabProcess> {
  const child = spawn(process.execPath, [entry, '--host', 'browser', '--no-open'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, OHLOL_HOME: home },
  });
  const url = await addressOf(child);
  const exited = once(child, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await exited;
    }
  };
  return { url, home, process: child, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** The first address that the process prints. Rejects with all its output if it ends before printing one. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolveUrl, reject) => {
    let said = '';
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const url = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(said)?.[0];
      if (url) resolveUrl(url);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => reject(new Error(`The lab ended with ${code} before it was up:\n${said}`)));
  });
}
