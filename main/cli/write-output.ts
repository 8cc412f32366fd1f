import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileProblem, writeFileAtomically } from '../files.ts';
import { Refusal, refuse } from './refusal.ts';

/** Refuses a path that cannot be written before hours of training go into it. */
export async function checkWritable(path: string): Promise<void> {
  try {
    const existing = await stat(path).catch(() => null);
    if (existing?.isDirectory()) throw refuse('file-unwritable', `${path}: it is a folder; a file is needed`);
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw refusalFor(path, error);
  }
}

/** Writes the whole file or nothing. */
export async function writeOutput(path: string, contents: string | Uint8Array): Promise<void> {
  try {
    await writeFileAtomically(path, contents);
  } catch (error) {
    throw refusalFor(path, error);
  }
}

function refusalFor(path: string, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const found = fileProblem(error, 'written');
  return new Refusal([{ ...found, message: `${path}: ${found.message}` }]);
}
