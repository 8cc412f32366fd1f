import { group } from '../../engine/data/ranges.ts';
import { failure, problem, type Result, success } from '../../engine/errors.ts';
import { largestFileBytes } from '../../main/window-message.ts';

/** A file that fell on the window, or was chosen in it. */
export type GivenFile = Pick<File, 'name' | 'size' | 'arrayBuffer'>;

/** A file as it goes to the lab: its own bytes, whatever they are. A larger one than the lab takes is not read. */
export async function contentsOf(file: GivenFile): Promise<Result<{ fileName: string; bytes: Uint8Array }>> {
  const { name: fileName, size } = file;
  if (size > largestFileBytes) {
    const message = `${fileName}: it has ${group(size)} bytes; at most ${group(largestFileBytes)} are taken`;
    return failure(problem('file-too-large', '', message, { bytes: size, limit: largestFileBytes }));
  }
  try {
    return success({ fileName, bytes: new Uint8Array(await file.arrayBuffer()) });
  } catch (error) {
    // It was moved or changed since it was chosen, or is a folder.
    const reason = (error as Error).message;
    const message = `${fileName}: it cannot be read (${reason})`;
    return failure(problem('file-unreadable', '', message, { path: fileName, reason }));
  }
}
