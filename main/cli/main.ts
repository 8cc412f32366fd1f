import type { Command } from './arguments.ts';
import { exportCommand } from './export.ts';
import { generateCommand } from './generate.ts';
import { inspectCommand } from './inspect.ts';
import { predictCommand } from './predict.ts';
import { Refusal, say } from './refusal.ts';
import { trainCommand } from './train.ts';

const commands: Command[] = [trainCommand, predictCommand, generateCommand, exportCommand, inspectCommand];

/**
 * Runs a command line, without the program's name; resolves to the exit code: 0, 1 where the run failed, 2 where the
 * input is wrong.
 */
export async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    say(
      `there is no command ${JSON.stringify(name)}; there are ${commands.map(({ name }) => name).join(', ')}`,
    );
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help(command));
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    for (const { message, code } of error.problems) {
      say(code === 'arguments' ? `${message} (usage: ohlol ${command.usage})` : message);
    }
    return 2;
  }
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: ohlol COMMAND …\n\n${lines.join('\n')}\n\nohlol COMMAND --help tells more.\n`;
}

function help({ usage, summary, options }: Command): string {
  return `Usage: ohlol ${usage}\n\n${summary}\n${options.map((line) => `\n  ${line}`).join('')}\n`;
}
