/**
 * Repairs numbers that were not finite, which an older lab stored and JSON holds as null. Such a project opens, with
 * the default value in their place and a sentence for each.
 */
import { optimizerDefaults, trainingDefaults } from '../../engine/data/defaults.ts';
import { emptyDraft } from '../../engine/data/draft.ts';
import { type Problem, problem } from '../../engine/errors.ts';

type Plain = Record<string, unknown>;

/** Repairs the parts in place and returns the repairs. The schema checks afterwards whether the parts form a draft. */
export function repairNumbers(parts: Plain): Problem[] {
  const found: Problem[] = [];
  const note = (path: string, value: unknown) => {
    const now = value === null ? 'none' : JSON.stringify(value);
    const message = `${path} was not a finite number and could not be kept; it is ${now} now`;
    found.push(problem('draft-repaired', path, message, { value: now }));
  };
  const { data, model, training } = parts;
  const empty = emptyDraft();
  fill(data, { sequenceLength: empty.data.sequenceLength }, 'data', note);
  if (isPlain(data)) dropIfSpoilt(data, 'shapes', null, 'data', note);
  fill(model, withNumbers(empty.model), 'model', note);
  if (isPlain(model)) dropIfSpoilt(model, 'initialState', 'zeros', 'model', note);
  fill(training, withNumbers(trainingDefaults), 'training', note);
  if (isPlain(training)) {
    dropIfSpoilt(training, 'scheduler', null, 'training', note);
    dropIfSpoilt(training, 'earlyStopping', null, 'training', note);
    const { optimizer } = training;
    if (isPlain(optimizer) && Object.hasOwn(optimizerDefaults, String(optimizer.name))) {
      const defaults = optimizerDefaults[optimizer.name as keyof typeof optimizerDefaults];
      fill(optimizer, withNumbers(defaults), 'training.optimizer', note);
      const betas = optimizerDefaults.adam.betas;
      dropIfSpoilt(optimizer, 'betas', [...betas], 'training.optimizer', note);
    }
  }
  dropIfSpoilt(parts, 'initialWeights', null, '', note);
  return found;
}

/** Repairs an edit and all edits inside it, in place; edits of rows hold no such numbers. */
export function repairEdit(edit: unknown): Problem[] {
  if (!isPlain(edit)) return [];
  if (edit.kind === 'all' && Array.isArray(edit.edits)) return edit.edits.flatMap(repairEdit);
  if (edit.kind === 'initialWeights') {
    const parts = { initialWeights: edit.weights };
    const found = repairNumbers(parts);
    edit.weights = parts.initialWeights;
    return found;
  }
  return repairNumbers({ [String(edit.kind)]: edit.patch });
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The settings whose defaults are numbers; a sound draft never has null there. */
function withNumbers(defaults: object): Plain {
  return Object.fromEntries(Object.entries(defaults).filter(([, value]) => typeof value === 'number'));
}

type Note = (path: string, value: unknown) => void;

function fill(value: unknown, defaults: Plain, path: string, note: Note): void {
  if (!isPlain(value)) return;
  for (const [key, standard] of Object.entries(defaults)) {
    if (value[key] !== null) continue;
    value[key] = standard;
    note(`${path}.${key}`, standard);
  }
}

/** Resets a part that holds a null and whose numbers have no defaults of their own. */
function dropIfSpoilt(parent: Plain, key: string, standard: unknown, path: string, note: Note): void {
  if (parent[key] === null || !holdsNull(parent[key])) return;
  parent[key] = standard;
  note(path === '' ? key : `${path}.${key}`, standard);
}

function holdsNull(value: unknown): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.some(holdsNull);
  return isPlain(value) && Object.values(value).some(holdsNull);
}
