import { parseExperiment, writeExperiment } from '../../engine/formats/experiment.ts';
import { type CsvOptions, writeMetricsCsv } from '../../engine/formats/metrics-csv.ts';
import { readSafetensors, writeSafetensors } from '../../engine/formats/safetensors.ts';
import { parseWeights, writeWeights } from '../../engine/formats/weights.ts';
import { findTemplate } from '../../engine/templates/templates.ts';
import type { Replaceable } from '../write-guard.ts';
import { type Command, forceOption, type ParsedArguments } from './arguments.ts';
import { type ExportSource, experimentSource, type Trained } from './export-source.ts';
import { outputKinds } from './output-kinds.ts';
import { readProjectSource } from './project-source.ts';
import { inputsOf, isProjectFile, readExperiment, readInput } from './read-input.ts';
import { refuse } from './refusal.ts';
import { say } from './terminal.ts';
import { checkOutputs, type Output, writeOutput } from './write-output.ts';

interface ExportFormat {
  /** null: the format holds nothing that training gives. */
  fromTraining: ((trained: Trained, options: CsvOptions) => string | Uint8Array) | null;
  /** Whether the reader of the format takes what was written. */
  readsBack: (written: Uint8Array) => boolean;
  /** What it may replace without being forced to. */
  replaces: Replaceable;
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const formats: Record<string, ExportFormat> = {
  'weights-json': {
    fromTraining: ({ document }) => writeWeights(document),
    readsBack: (bytes) => parseWeights(textOf(bytes)).ok,
    replaces: outputKinds.weights,
  },
  safetensors: {
    fromTraining: ({ document }) => writeSafetensors(document),
    readsBack: (bytes) => readSafetensors(bytes).ok,
    replaces: outputKinds.safetensors,
  },
  experiment: {
    fromTraining: null,
    readsBack: (bytes) => parseExperiment(textOf(bytes)).ok,
    replaces: outputKinds.experiment,
  },
  csv: {
    fromTraining: ({ rows }, options) => writeMetricsCsv(rows, options),
    readsBack: () => true,
    replaces: outputKinds.metrics,
  },
};

export const exportCommand: Command = {
  name: 'export',
  operand: 'EXPERIMENT|PROJECT',
  summary: 'Writes what an experiment or a run of a project gives; an experiment is trained first.',
  options: [
    { name: 'run', value: 'ID', about: 'which run of a project; the last' },
    { name: 'to', value: 'FORMAT', about: Object.keys(formats).join(', '), required: true },
    {
      name: 'out',
      value: 'PATH',
      about: 'the file to write; one of the same format that is there is replaced',
      required: true,
    },
    { name: 'excel', value: null, about: 'csv alone: begins with the mark by which Excel knows UTF-8' },
    forceOption,
  ],
  run: runExport,
};

async function runExport(parsed: ParsedArguments): Promise<number> {
  const [name, out] = [parsed.text('to'), parsed.text('out')];
  const known = Object.keys(formats).join(', ');
  if (name === null) throw refuse('arguments', `--to is missing; it is one of ${known}`);
  if (out === null) throw refuse('arguments', '--out is missing; it is the file to write');
  const format = Object.hasOwn(formats, name) ? formats[name]! : null;
  if (format === null)
    throw refuse('arguments', `--to is ${JSON.stringify(name)}; it must be one of ${known}`);
  const excelMark = parsed.flag('excel');
  if (excelMark && name !== 'csv') throw refuse('arguments', `--excel goes with --to csv, not with ${name}`);
  const source = await readSource(parsed.positional, parsed.text('run'));
  const inputs = inputsOf(parsed.positional, 'the input');
  const request = { option: '--out', path: out, replaces: format.replaces };
  const [output] = checkOutputs([request], { inputs, force: parsed.flag('force') });
  const trained = format.fromTraining && (await source.trained());
  const contents = trained
    ? format.fromTraining!(trained, { excelMark })
    : writeExperiment(source.experiment);
  await writeOutput(output!, contents);
  await verify(output!, contents, format);
  return trained?.exitCode ?? 0;
}

async function readSource(nameOrPath: string, run: string | null): Promise<ExportSource> {
  const isProject = findTemplate(nameOrPath) === null && (await isProjectFile(nameOrPath));
  if (isProject) return readProjectSource(nameOrPath, run);
  if (run !== null) throw refuse('arguments', `--run is given, but ${nameOrPath} is no project`);
  return experimentSource(await readExperiment(nameOrPath), nameOrPath);
}

/** Says `written` only of what the disk gives back byte for byte and the format's reader takes. */
async function verify(
  { path, kind }: Output,
  contents: string | Uint8Array,
  format: ExportFormat,
): Promise<void> {
  const expected = Buffer.from(contents);
  if (kind === 'file') {
    const { bytes } = await readInput(path);
    if (!expected.equals(bytes) || !format.readsBack(bytes)) {
      throw refuse(
        'read-back',
        `${path}: what was read back is not what was written; the disk may be faulty`,
      );
    }
  }
  say(`${path} written (${expected.length} bytes)`);
}
