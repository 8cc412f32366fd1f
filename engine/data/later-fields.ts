import type { Dataset, ExperimentDocument } from '../model/experiment.ts';
import type { ModelSpec } from '../model/spec.ts';

/**
 * The one list of settings that came with version 2 of the document, each with its default. A document, a draft or a
 * model leaves out a key that has its default, so that it stays, byte for byte, what version 1 wrote. (The other
 * addition, `dataset.validation` of a text, is a new form of an old key.)
 */
export const laterFields = {
  dataset: { unknown: 'refuse' },
  model: { call: 'sequence' },
  training: { carryState: true, restoreBest: false },
} as const;

export type LaterPart = keyof typeof laterFields;

/** The same list with a draft's names; a draft has a key of its own for a text's validation. */
const laterFieldsOfDraft = {
  data: { ...laterFields.dataset, textValidation: null },
  model: laterFields.model,
  training: laterFields.training,
} as const;

/** The default of a draft's absent key; undefined for a key that did not come later. */
export function draftDefault(part: keyof typeof laterFieldsOfDraft, key: PropertyKey): unknown {
  return Object.hasOwn(laterFieldsOfDraft[part], key)
    ? laterFieldsOfDraft[part][key as keyof (typeof laterFieldsOfDraft)[typeof part]]
    : undefined;
}

/** The values that differ from their defaults, as documents and drafts keep them. */
export function onlyUsed<T extends object>(part: LaterPart, values: T): Partial<T> {
  const used = usedLaterFields(part, values);
  return Object.fromEntries(Object.entries(values).filter(([key]) => used.includes(key))) as Partial<T>;
}

/** The keys of a part that are set to something other than their default; such a key makes a document version 2. */
export function usedLaterFields(part: LaterPart, values: object): string[] {
  const defaults: Record<string, unknown> = laterFields[part];
  const given = values as Record<string, unknown>;
  return Object.keys(defaults).filter((key) => given[key] !== undefined && given[key] !== defaults[key]);
}

/** The lowest document version that has all fields in use. */
export function documentVersion({
  dataset,
  model,
  training,
}: Pick<ExperimentDocument, 'dataset' | 'model' | 'training'>): 1 | 2 {
  const used = [
    ...usedLaterFields('dataset', dataset),
    ...usedLaterFields('model', model),
    ...usedLaterFields('training', training),
  ];
  return used.length > 0 || hasTextValidation(dataset) ? 2 : 1;
}

/** The version of a weights file, which holds the model and the rule for unknown tokens. */
export function weightsVersion(weights: { model: ModelSpec; unknown?: string | undefined }): 1 | 2 {
  const used = [...usedLaterFields('model', weights.model), ...usedLaterFields('dataset', weights)];
  return used.length > 0 ? 2 : 1;
}

/** Whether a part of a text, or another text, is held back. */
function hasTextValidation(dataset: Dataset): boolean {
  if (dataset.task === 'shapes' || Array.isArray(dataset.validation)) return false;
  return 'text' in dataset.validation || (dataset.task === 'language-model' && dataset.text !== undefined);
}
