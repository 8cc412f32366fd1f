/** What a run is called: what it is, and what sets it apart from the others. */
import { cellTitle } from '../../../engine/model/spec.ts';
import type { RunSettings, RunSummary } from '../../../main/api.ts';
import { formatExact } from '../../text/format.ts';
import { t } from '../../text/text.svelte.ts';
import { optimizerNames } from '../settings/settings.ts';

/** Settings that are said of a run beside what it is. */
const mostSaid = 3;

/** Said by the kind of network; of no account; or of what is said anyway. */
const notSaid =
  /^(name|model\.(cell|hiddenSize|numLayers|bidirectional|head|call)|training\.(earlyStopping|stopWhen|scheduler)\..*|training\.epochs)$/;

/** `Run 2 · RNN 4 · lr 0.1`; a name that was given stands in place of what sets it apart. */
export function runTitle(run: RunSummary, runs: readonly RunSummary[]): string {
  return t('train_run_name', { number: run.number, name: runName(run, runs) });
}

/** The same without its number. */
export function runName(run: RunSummary, runs: readonly RunSummary[]): string {
  const { settings, name } = run;
  if (name !== settings.name || settings['model.cell'] === undefined) return name;
  const others = runs.filter(({ kind }) => kind === run.kind);
  const apart = differingSettings(others).filter((path) => path in settings && !notSaid.test(path));
  // Alone, or one of equals: the seed is what one would change first.
  const said = apart.length > 0 ? apart : ['training.seed'];
  const words = said.slice(0, mostSaid).map((path) => settingText(path, settings[path] ?? null));
  return [network(settings), ...words, ...(said.length > mostSaid ? ['…'] : [])].join(' · ');
}

/** Paths of the settings that are not the same in all of these runs, those that one varies first. */
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
