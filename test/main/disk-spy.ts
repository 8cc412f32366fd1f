/**
 * Sees what this process does for its files to outlive a power cut: which it makes the disk keep (fsync), and which it
 * renames over which; by whichever call of node:fs.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export interface DiskEvent {
  kind: 'sync' | 'rename';
  /** Of the file, or the folder, that is kept or renamed. */
  inode: number;
  isFolder: boolean;
  /** Of a rename. */
  to?: string;
}

/** From now on, until the function that it gives is called. */
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
    // A link gives the file its name as a renaming does.
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
