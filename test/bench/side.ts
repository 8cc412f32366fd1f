/** One side of a comparison: a process that runs a given number of steps of a job on request. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Answer {
  ms: number;
  losses: number[];
  kernels?: string;
  memoryBytes?: number;
  threadsUsed?: number;
}

export interface Side {
  run(steps: number): Promise<Answer>;
  end(): void;
}

export function startSide(command: string, args: string[], threads: number): Side {
  const child: ChildProcess = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OHLOL_THREADS: String(threads), PYTHONWARNINGS: 'ignore' },
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    async run(steps) {
      child.stdin!.write(`${steps}\n`);
      const line = await lines.next();
      if (line.done) throw new Error(`${command} ${args.join(' ')} ended before it answered`);
      return JSON.parse(line.value) as Answer;
    },
    end: () => void child.kill(),
  };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
