import { failure, problem, type Result, success } from '../../engine/errors.ts';

/** Files are read into the window's memory; larger ones are refused with a sentence. */
export const dropLimitBytes = 20_000_000;

/** A file that fell on the window, or was chosen in it. */
export type GivenFile = Pick<File, 'name' | 'size' | 'arrayBuffer'>;

/** A file as it goes to the lab: its own bytes, whatever they are. */
export async function contentsOf(file: GivenFile): Promise<Result<{ fileName: string; base64: string }>> {
  const bytes = await bytesOf(file);
  return bytes.ok ? success({ fileName: file.name, base64: toBase64(bytes.value) }) : bytes;
}

async function bytesOf(file: GivenFile): Promise<Result<Uint8Array<ArrayBuffer>>> {
  if (file.size > dropLimitBytes) {
    const message = `${file.name}: it has ${file.size} bytes; at most ${dropLimitBytes} are taken`;
    return failure(problem('file-too-large', '', message, { bytes: file.size, limit: dropLimitBytes }));
  }
  try {
    return success(new Uint8Array(await file.arrayBuffer()));
  } catch (error) {
    // It was moved or changed since it was chosen, or is a folder.
    const reason = (error as Error).message;
    const message = `${file.name}: it cannot be read (${reason})`;
    return failure(problem('file-unreadable', '', message, { path: file.name, reason }));
  }
}

const pieceBytes = 32 * 1024;

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + pieceBytes)));
  }
  return btoa(pieces.join(''));
}
