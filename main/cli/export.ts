import { parseExperiment, writeExperiment } from '../../engine/formats/experiment.ts';
import { writeMetricsCsv } from '../../engine/formats/metrics-csv.ts';
import { readSafetensors, writeSafetensors } from '../../engine/formats/safetensors.ts';
import { parseWeights, writeWeights } from '../../engine/formats/weights.ts';
import { findTemplate } from '../../engine/templates/templates.ts';
import { type Command, parseCommand } from './arguments.ts';
import { type ExportSource, experimentSource, type Trained } from './export-source.ts';
import { readProjectSource } from './project-source.ts';
import { isProjectFile, readExperiment, readInput } from './read-input.ts';
import { refuse, say } from './refusal.ts';
import { checkWritable, writeOutput } from './write-output.ts';

interface ExportFormat {
  /** null: the format holds nothing that training gives. */
  fromTraining: ((trained: Trained) => string | Uint8Array) | null;
  /** Whether the reader of the format takes what was written. */
  readsBack: (written: Uint8Array) => boolean;
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const formats: Record<string, ExportFormat> = {
  'weights-json': {
    fromTraining: ({ document }) => writeWeights(document),
    readsBack: (bytes) => parseWeights(textOf(bytes)).ok,
  },
  safetensors: {
    fromTraining: ({ document }) => writeSafetensors(document),
    readsBack: (bytes) => readSafetensors(bytes).ok,
  },
  experiment: { fromTraining: null, readsBack: (bytes) => parseExperiment(textOf(bytes)).ok },
  csv: { fromTraining: ({ rows }) => writeMetricsCsv(rows), readsBack: () => true },
};

export const exportCommand: Command = {
  name: 'export',
  usage: 'export EXPERIMENT|PROJECT [--run ID] --to FORMAT --out PATH',
  summary: 'Writes what an experiment or a run of a project gives; an experiment is trained first.',
  options: [
    '--run ID     which run of a project; the last',
    `--to FORMAT  ${Object.keys(formats).join(', ')}`,
    '--out PATH   the file to write; one that is there is replaced',
  ],
  run: runExport,
};

async function runExport(args: string[]): Promise<number> {
  const parsed = parseCommand(args, 'EXPERIMENT or PROJECT', { run: 'string', to: 'string', out: 'string' });
  const [name, out] = [parsed.text('to'), parsed.text('out')];
  const known = Object.keys(formats).join(', ');
  if (name === null) throw refuse('arguments', `--to is missing; it is one of ${known}`);
  if (out === null) throw refuse('arguments', '--out is missing; it is the file to write');
  const format = Object.hasOwn(formats, name) ? formats[name]! : null;
  if (format === null)
    throw refuse('arguments', `--to is ${JSON.stringify(name)}; it must be one of ${known}`);
  const source = await readSource(parsed.positional, parsed.text('run'));
  await checkWritable(out);
  const trained = format.fromTraining && (await source.trained());
  const contents = trained ? format.fromTraining!(trained) : writeExperiment(source.experiment);
  await writeOutput(out, contents);
  await verify(out, contents, format);
  return trained?.exitCode ?? 0;
}

async function readSource(nameOrPath: string, run: string | null): Promise<ExportSource> {
  const isProject = findTemplate(nameOrPath) === null && (await isProjectFile(nameOrPath));
  if (isProject) return readProjectSource(nameOrPath, run);
  if (run !== null) throw refuse('arguments', `--run is given, but ${nameOrPath} is no project`);
  return experimentSource(await readExperiment(nameOrPath), nameOrPath);
}

/** Says `written` only of what the disk gives back byte for byte and the format's reader takes. */
async function verify(path: string, contents: string | Uint8Array, format: ExportFormat): Promise<void> {
  const expected = Buffer.from(contents);
  const { bytes } = await readInput(path);
  if (!expected.equals(bytes) || !format.readsBack(bytes)) {
    throw refuse('read-back', `${path}: what was read back is not what was written; the disk may be faulty`);
  }
  say(`${path} written (${bytes.length} bytes)`);
}
