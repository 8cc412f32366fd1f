/** The title of a run: its network, and what sets it apart from the other runs. */
import { cellTitle } from '../../../engine/model/spec.ts';
import type { RunSettings, RunSummary } from '../../../main/api.ts';
import { formatExact } from '../../text/format.ts';
import { t } from '../../text/text.svelte.ts';
import { optimizerNames } from '../settings/settings.ts';

/** The most settings that a title mentions. */
const mostSaid = 3;

/**
 * Settings that a title leaves out: the network says them, they do not matter here, or another setting says
 * them.
 */
const notSaid =
  /^(name|model\.(cell|hiddenSize|numLayers|bidirectional|head|call)|training\.(earlyStopping|stopWhen|scheduler)\..*|training\.epochs)$/;

/** `Run 2 · RNN 4 · lr 0.1`. A name given by the user replaces what sets the run apart. */
export function runTitle(run: RunSummary, runs: readonly RunSummary[]): string {
  return t('train_run_name', { number: run.number, name: runName(run, runs) });
}

/** The title without the run's number. */
export function runName(run: RunSummary, runs: readonly RunSummary[]): string {
  const { settings, name } = run;
  if (name !== settings.name || settings['model.cell'] === undefined) return name;
  const others = runs.filter(({ kind }) => kind === run.kind);
  const apart = differingSettings(others).filter((path) => path in settings && !notSaid.test(path));
  // For a single run, or among equal runs, the title mentions the seed, which one would change first.
  const said = apart.length > 0 ? apart : ['training.seed'];
  const words = said.slice(0, mostSaid).map((path) => settingText(path, settings[path] ?? null));
  return [network(settings), ...words, ...(said.length > mostSaid ? ['…'] : [])].join(' · ');
}

/** Paths of the settings that differ among these runs, those that one varies first at the front. */
export function differingSettings(runs: readonly RunSummary[]): string[] {
  const paths = new Set(runs.flatMap(({ settings }) => Object.keys(settings)));
  const differing = [...paths].filter((path) => new Set(runs.map(({ settings }) => settings[path])).size > 1);
  return differing.sort((a, b) => rank(a) - rank(b));
}

const first = ['training.optimizer.lr', 'training.optimizer.name', 'dataset', 'training.seed'];
const rank = (path: string) => (first.includes(path) ? first.indexOf(path) : first.length);

/** `RNN 4`, `LSTM 8 × 2, linear`, `GRU 16 ⇄`. */
function network(settings: RunSettings): string {
  const { 'model.cell': cell, 'model.hiddenSize': size, 'model.numLayers': layers } = settings;
  const deep = Number(layers) > 1 ? ` × ${layers}` : '';
  const both = settings['model.bidirectional'] === true ? ' ⇄' : '';
  const head = settings['model.head'] === 'linear' ? ', linear' : '';
  return `${cellTitle(cell as 'rnn')} ${size}${deep}${both}${head}`;
}

function settingText(path: string, value: RunSettings[string]): string {
  if (path === 'training.optimizer.name') return optimizerNames[value as keyof typeof optimizerNames];
  if (path === 'dataset') return t('train_title_data', { number: Number(value) });
  if (path === 'initialWeights') return t(value === null ? 'train_title_drawn' : 'train_title_given');
  const name = path
    .split('.')
    .at(-1)!
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const shown =
    typeof value === 'number' ? formatExact(value) : value === null ? t('train_off') : String(value);
  return `${name} ${shown}`;
}
