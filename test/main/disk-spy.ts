/**
 * Observes what this process does so that its files outlive a power cut: what it flushes to the disk
 * (fsync) and what it renames over what, by any call of node:fs.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export interface DiskEvent {
  kind: 'sync' | 'rename';
  /** The inode of the file or folder that is flushed or renamed. */
  inode: number;
  isFolder: boolean;
  /** The new path; for renames only. */
  to?: string;
}

/** Reports every event from now on. Resolves to a function that stops this. */
export async function watchDisk(tell: (event: DiskEvent) => void): Promise<() => void> {
  const undo: (() => void)[] = [];
  function wrap(owner: object, name: string, before: (self: unknown, args: unknown[]) => void): void {
    const host = owner as Record<string, (...args: unknown[]) => unknown>;
    const own = Object.getOwnPropertyDescriptor(host, name)!;
    const plain = host[name]!;
    host[name] = function (this: unknown, ...args: unknown[]) {
      before(this, args);
      return plain.apply(this, args);
    };
    undo.push(() => Object.defineProperty(host, name, own));
  }
  const kept = (descriptor: number) => {
    const there = fs.fstatSync(descriptor);
    tell({ kind: 'sync', inode: there.ino, isFolder: there.isDirectory() });
  };
  for (const name of ['fsync', 'fsyncSync', 'fdatasync', 'fdatasyncSync']) {
    wrap(fs, name, (_, [descriptor]) => kept(descriptor as number));
  }
  const handle = await fs.promises.open(process.execPath);
  const handles = Object.getPrototypeOf(handle) as object;
  await handle.close();
  for (const name of ['sync', 'datasync']) wrap(handles, name, (self) => kept((self as { fd: number }).fd));
  const renamed = (_: unknown, [from, to]: unknown[]) => {
    const there = fs.statSync(from as string);
    // A hard link gives a file its new name as a rename does.
    tell({ kind: 'rename', inode: there.ino, isFolder: there.isDirectory(), to: String(to) });
  };
  for (const name of ['rename', 'link']) {
    for (const owner of [fs, fs.promises]) wrap(owner, name, renamed);
    wrap(fs, `${name}Sync`, renamed);
  }
  syncBuiltinESMExports();
  return () => {
    for (const back of undo.reverse()) back();
    syncBuiltinESMExports();
  };
}
