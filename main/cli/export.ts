import { trainingLimits } from '../../engine/data/limits.ts';
import {
  type ExportFormat,
  exportAliases,
  exportFormatNames,
  exportFormats,
  findExporter,
  writeExport,
} from '../../engine/formats/exports.ts';
import { findTemplate } from '../../engine/templates/templates.ts';
import { type Command, forceOption, type ParsedArguments } from './arguments.ts';
import { type ExportSource, experimentSource } from './export-source.ts';
import { likeExports } from './output-kinds.ts';
import { readProjectSource } from './project-source.ts';
import { inputsOf, isProjectFile, readExperiment, readInput } from './read-input.ts';
import { refuse } from './refusal.ts';
import { say } from './terminal.ts';
import { checkOutputs, type Output, writeOutput } from './write-output.ts';

const known = exportFormatNames.join(', ');
/** The formats to which `--excel` applies. */
const marked = exportFormatNames
  .filter((name) => findExporter(name).options.includes('excelMark'))
  .join(', ');

export const exportCommand: Command = {
  name: 'export',
  operand: 'EXPERIMENT|PROJECT',
  summary: 'Writes what an experiment or a run of a project gives; an experiment is trained first.',
  options: [
    { name: 'run', value: 'ID', about: 'which run of a project; the last' },
    { name: 'epoch', value: 'N', about: 'as it was after that epoch, 0 the first; as it stands' },
    { name: 'to', value: 'FORMAT', about: known, required: true },
    {
      name: 'out',
      value: 'PATH',
      about: 'the file to write; one of the same format that is there is replaced',
      required: true,
      isPath: true,
    },
    {
      name: 'excel',
      value: null,
      about: `${marked} alone: begins with the mark by which Excel knows UTF-8`,
    },
    forceOption,
  ],
  run: runExport,
};

async function runExport(parsed: ParsedArguments): Promise<number> {
  const [name, out] = [parsed.text('to'), parsed.text('out')];
  if (name === null) throw refuse('arguments', `--to is missing; it is one of ${known}`);
  if (out === null) throw refuse('arguments', '--out is missing; it is the file to write');
  const format = findFormat(name);
  if (format === null)
    throw refuse('arguments', `--to is ${JSON.stringify(name)}; it must be one of ${known}`);
  const { needs, options } = findExporter(format);
  const excelMark = parsed.flag('excel');
  if (excelMark && !options.includes('excelMark'))
    throw refuse('arguments', `--excel goes with --to ${marked}, not with ${name}`);
  const epoch = parsed.number('epoch', { whole: true, atLeast: 0, atMost: trainingLimits.epochs });
  if (epoch !== null && needs === 'experiment') {
    throw refuse('arguments', `--epoch is given; an experiment is the same at every epoch`);
  }
  const source = await readSource(parsed.positional, parsed.text('run'), epoch);
  const inputs = inputsOf(parsed.positional, 'the input');
  const request = { option: '--out', path: out, replaces: likeExports(format) };
  const [output] = checkOutputs([request], { inputs, force: parsed.flag('force') });
  const trained = needs === 'experiment' ? null : await source.trained(epoch);
  const run = {
    experiment: source.experiment,
    weights: trained?.document ?? null,
    epochs: trained?.rows ?? [],
  };
  const contents = writeExport(format, run, { excelMark });
  await writeOutput(output!, contents);
  await verify(output!, contents, format);
  return trained?.exitCode ?? 0;
}

function findFormat(name: string): ExportFormat | null {
  if (Object.hasOwn(exportFormats, name)) return name as ExportFormat;
  return Object.hasOwn(exportAliases, name) ? exportAliases[name]! : null;
}

async function readSource(
  nameOrPath: string,
  run: string | null,
  epoch: number | null,
): Promise<ExportSource> {
  const isProject = findTemplate(nameOrPath) === null && (await isProjectFile(nameOrPath));
  if (isProject) return readProjectSource(nameOrPath, run, epoch);
  if (run !== null) throw refuse('arguments', `--run is given, but ${nameOrPath} is no project`);
  return experimentSource(await readExperiment(nameOrPath), nameOrPath);
}

/**
 * Reports the output as written, for a file only if it reads back byte for byte and the format's reader accepts it.
 * Throws a Refusal otherwise.
 */
async function verify(
  { path, kind }: Output,
  contents: string | Uint8Array,
  format: ExportFormat,
): Promise<void> {
  const expected = Buffer.from(contents);
  if (kind === 'file') {
    const { bytes } = await readInput(path);
    if (!expected.equals(bytes) || !findExporter(format).check(bytes).ok) {
      throw refuse(
        'read-back',
        `${path}: what was read back is not what was written; the disk may be faulty`,
      );
    }
  }
  say(`${path} written (${expected.length} bytes)`);
}
