/** What can be exported: the formats' cards and the tensors of a run. */

import { type ExportFormat, exportFormatNames, exportFormats } from '../../../engine/formats/exports.ts';
import type { ExperimentDocument } from '../../../engine/model/experiment.ts';
import { parameterShapes } from '../../../engine/model/spec.ts';
import type { IconName } from '../../components/icons.ts';
import type { TextKey } from '../../text/text.svelte.ts';

export interface FormatCard {
  icon: IconName;
  title: TextKey;
  about: TextKey;
}

const cards = {
  'weights-json': { icon: 'network', title: 'export_weights', about: 'export_weights_about' },
  safetensors: { icon: 'network', title: 'export_safetensors', about: 'export_safetensors_about' },
  experiment: { icon: 'file-text', title: 'export_experiment', about: 'export_experiment_about' },
  'metrics-csv': { icon: 'table', title: 'export_csv', about: 'export_csv_about' },
} satisfies Record<ExportFormat, FormatCard>;

/** One card for each format, in the order of exportFormatNames. */
export const formatCards = exportFormatNames.map((format) => ({
  format,
  ending: exportFormats[format].ending,
  ...cards[format],
}));

export interface TensorRow {
  key: string;
  shape: number[];
  count: number;
}

/**
 * The tensors of an experiment's state dict, in PyTorch's order; none for a shapes experiment, which has no
 * trained weights.
 */
export function tensorRows({ dataset, model }: ExperimentDocument): TensorRow[] {
  if (dataset.task === 'shapes') return [];
  const sizes = { inputSize: dataset.vocabulary.length, outputSize: dataset.targetVocabulary.length };
  return parameterShapes(model, sizes).map(({ key, shape }) => ({
    key,
    shape,
    count: shape.reduce((product, size) => product * size, 1),
  }));
}
