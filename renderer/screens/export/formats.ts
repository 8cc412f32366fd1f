/** What can be exported: its names, its words, and what a run can give. */

import type { ExperimentDocument } from '../../../engine/model/experiment.ts';
import { parameterShapes } from '../../../engine/model/spec.ts';
import type { ExportFormat } from '../../../main/api.ts';
import type { IconName } from '../../components/icons.ts';
import type { TextKey } from '../../text/text.svelte.ts';

export interface FormatCard {
  format: ExportFormat;
  icon: IconName;
  title: TextKey;
  about: TextKey;
  /** How files of it end. */
  ending: string;
}

export const formatCards: readonly FormatCard[] = [
  {
    format: 'weights-json',
    icon: 'network',
    title: 'export_weights',
    about: 'export_weights_about',
    ending: '.weights.json',
  },
  {
    format: 'experiment',
    icon: 'file-text',
    title: 'export_experiment',
    about: 'export_experiment_about',
    ending: '.experiment.json',
  },
  { format: 'csv', icon: 'table', title: 'export_csv', about: 'export_csv_about', ending: '.csv' },
];

export interface TensorRow {
  key: string;
  shape: number[];
  count: number;
}

/** The tensors of an experiment's state dict, in PyTorch's order; none for shapes, which has no trained weights. */
export function tensorRows({ dataset, model }: ExperimentDocument): TensorRow[] {
  if (dataset.task === 'shapes') return [];
  const sizes = { inputSize: dataset.vocabulary.length, outputSize: dataset.targetVocabulary.length };
  return parameterShapes(model, sizes).map(({ key, shape }) => ({
    key,
    shape,
    count: shape.reduce((product, size) => product * size, 1),
  }));
}
