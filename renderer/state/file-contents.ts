import { group } from '../../engine/data/ranges.ts';
import { failure, problem, type Result, success } from '../../engine/errors.ts';
import { largestFileBytes } from '../../main/window-message.ts';

/** A file that was dropped on the window or chosen in it. */
export type GivenFile = Pick<File, 'name' | 'size' | 'arrayBuffer'>;

/**
 * Reads a file into bytes for the lab, unchanged. Files above `largestFileBytes` are refused unread
 * (`file-too-large`), as are files that cannot be read (`file-unreadable`).
 */
export async function contentsOf(file: GivenFile): Promise<Result<{ fileName: string; bytes: Uint8Array }>> {
  const { name: fileName, size } = file;
  if (size > largestFileBytes) {
    const message = `${fileName}: it has ${group(size)} bytes; at most ${group(largestFileBytes)} are taken`;
    return failure(problem('file-too-large', '', message, { bytes: size, limit: largestFileBytes }));
  }
  try {
    return success({ fileName, bytes: new Uint8Array(await file.arrayBuffer()) });
  } catch (error) {
    // The file was moved or changed after it was chosen, or it is a folder.
    const reason = (error as Error).message;
    const message = `${fileName}: it cannot be read (${reason})`;
    return failure(problem('file-unreadable', '', message, { path: fileName, reason }));
  }
}
