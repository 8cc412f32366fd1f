import type { Dataset, ExperimentDocument } from '../model/experiment.ts';
import type { ModelSpec } from '../model/spec.ts';

/**
 * The one list of settings that came with version 2 of the document, each with what its absence stands for. A
 * document, a draft or a model that has the default leaves the key out, so that it stays, byte for byte, what version
 * 1 wrote. (`dataset.validation` of a text, the other addition, is a new form of an old key.)
 */
export const laterFields = {
  dataset: { unknown: 'refuse' },
  model: { call: 'sequence' },
  training: { carryState: true, restoreBest: false },
} as const;

export type LaterPart = keyof typeof laterFields;

/** The same with the draft's names: its text's validation part stands in a key of its own. */
const laterFieldsOfDraft = {
  data: { ...laterFields.dataset, textValidation: null },
  model: laterFields.model,
  training: laterFields.training,
} as const;

/** What a draft's absent key stands for; undefined where it is not one that came later. */
export function draftDefault(part: keyof typeof laterFieldsOfDraft, key: PropertyKey): unknown {
  return Object.hasOwn(laterFieldsOfDraft[part], key)
    ? laterFieldsOfDraft[part][key as keyof (typeof laterFieldsOfDraft)[typeof part]]
    : undefined;
}

/** The values that are not their defaults, as documents and drafts keep them. */
export function onlyUsed<T extends object>(part: LaterPart, values: T): Partial<T> {
  const used = usedLaterFields(part, values);
  return Object.fromEntries(Object.entries(values).filter(([key]) => used.includes(key))) as Partial<T>;
}

/** The keys of a part that are set to something else than their default: what makes a document one of version 2. */
export function usedLaterFields(part: LaterPart, values: object): string[] {
  const defaults: Record<string, unknown> = laterFields[part];
  const given = values as Record<string, unknown>;
  return Object.keys(defaults).filter((key) => given[key] !== undefined && given[key] !== defaults[key]);
}

/** The version that the parts must be written as: the least that has all their fields. */
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

/** The version of a weights file, which holds the model and how tokens are read. */
export function weightsVersion(weights: { model: ModelSpec; unknown?: string | undefined }): 1 | 2 {
  const used = [...usedLaterFields('model', weights.model), ...usedLaterFields('dataset', weights)];
  return used.length > 0 ? 2 : 1;
}

/** Whether a part of a text, or a text beside it, is held back. */
function hasTextValidation(dataset: Dataset): boolean {
  if (dataset.task === 'shapes' || Array.isArray(dataset.validation)) return false;
  return 'text' in dataset.validation || (dataset.task === 'language-model' && dataset.text !== undefined);
}
