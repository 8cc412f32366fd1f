import { vi } from 'vitest';
import { main } from '../../../main/cli/main.ts';

export interface Ran {
  status: number;
  stdout: string;
  stderr: string;
  /** The lines of standard output. */
  lines: string[];
}

/** Runs a command line in this process and captures its streams. */
export async function ohlol(...args: string[]): Promise<Ran> {
  const [out, err] = [process.stdout, process.stderr].map((stream) => {
    const written: string[] = [];
    const spy = vi.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    return { text: () => written.join(''), restore: () => spy.mockRestore() };
  });
  try {
    const status = await main(args);
    const stdout = out!.text();
    return { status, stdout, stderr: err!.text(), lines: stdout.trimEnd().split('\n') };
  } finally {
    out!.restore();
    err!.restore();
  }
}
