import { version } from '../../engine/version.ts';
import { threadSettingProblem } from '../engine-process/kernel-threads.ts';
import { asksForHelp, type Command, helpOf, parseCommand, usageOf } from './arguments.ts';
import { exportCommand } from './export.ts';
import { generateCommand } from './generate.ts';
import { gradcheckCommand } from './gradcheck.ts';
import { inspectCommand } from './inspect.ts';
import { predictCommand } from './predict.ts';
import { Refusal } from './refusal.ts';
import { exitCodeOf, say } from './terminal.ts';
import { trainCommand } from './train.ts';

export const commands: readonly Command[] = [
  trainCommand,
  predictCommand,
  generateCommand,
  exportCommand,
  gradcheckCommand,
  inspectCommand,
];

/**
 * Runs a command line, given without the program's name. Resolves to the exit code: 0, 1 if the run failed, 2 if the
 * input is wrong.
 */
export async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    process.stdout.write(`ohlol ${version}\n`);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const known = commands.map((candidate) => candidate.name).join(', ');
    say(`there is no command ${JSON.stringify(name)}; there are ${known}`);
    return 2;
  }
  if (asksForHelp(args)) {
    process.stdout.write(helpOf(command));
    return 0;
  }
  const wrongSetting = threadSettingProblem(process.env.OHLOL_THREADS);
  if (wrongSetting !== null) {
    say(wrongSetting);
    return 2;
  }
  try {
    return exitCodeOf(await command.run(parseCommand(args, command)));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    for (const { message, code } of error.problems) {
      say(code === 'arguments' ? `${message} (usage: ohlol ${usageOf(command)})` : message);
    }
    return 2;
  }
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: ohlol COMMAND …\n\n${lines.join('\n')}\n\nohlol COMMAND --help tells more; ohlol --version says which this is.\n`;
}
