/** A file whose write was reported as successful is on the disk, not on its way there. */
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { ownFile, startFile } from '../../main/files.ts';
import { saveCopy } from '../../main/project/copies.ts';
import { closeProjectFile, createProjectFile } from '../../main/project/project-file.ts';
import { ohlol } from './cli/run-ohlol.ts';
import { type DiskEvent, watchDisk } from './disk-spy.ts';
import { valueIn } from './lab/open-lab.ts';
import { helloDraft, useFolder } from './project/project-folder.ts';

const folder = useFolder();

/** The file's bytes are flushed before its name, then the folder: a name alone could point at nothing. */
function expectKept(events: DiskEvent[], path: string): void {
  const inode = statSync(path).ino;
  const order = events
    .filter((event) => event.inode === inode || event.inode === statSync(dirname(path)).ino)
    .map(({ kind, isFolder }) => (isFolder ? `${kind} folder` : kind));
  const folders = process.platform === 'win32' ? [] : ['sync folder'];
  expect(order).toEqual(['sync', 'rename', ...folders]);
}

async function eventsOf(work: () => Promise<unknown>): Promise<DiskEvent[]> {
  const events: DiskEvent[] = [];
  const stop = await watchDisk((event) => void events.push(event));
  try {
    await work();
  } finally {
    stop();
  }
  return events;
}

it.each([
  ['an export', ['export', 'hello-rnn', '--to', 'weights-json', '--out']],
  ['trained weights', ['train', 'hello-rnn', '--quiet', '--weights']],
])('%s of the command line, also over an older one', async (_, words) => {
  const path = folder.path('a.json');
  for (let times = 0; times < 2; times += 1) {
    const events = await eventsOf(async () => {
      expect(await ohlol(...words, path)).toMatchObject({ status: 0 });
    });
    expectKept(events, path);
  }
});

it('a copy of a project', async () => {
  const file = valueIn(createProjectFile(folder.path('a.ohlol'), helloDraft()));
  const path = folder.path('b.ohlol');
  const work = async () => valueIn(await saveCopy(file, path, { overwrite: false, atOnce: true }));
  expectKept(await eventsOf(work), path);
  closeProjectFile(file);
});

it.each(['commit', 'commitNow'] as const)(
  'any file of ours by %s, new and over an older one',
  async (how) => {
    const path = folder.path('a.json');
    for (const contents of ['one', 'two']) {
      const events = await eventsOf(async () => {
        const file = startFile(path, ownFile);
        file.append(contents);
        await file[how]();
      });
      expectKept(events, path);
      expect(readFileSync(path, 'utf8')).toBe(contents);
    }
  },
);
