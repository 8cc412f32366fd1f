import type { ExperimentDocument } from '../../../engine/model/experiment.ts';

/** Steps that are drawn of a long loop. */
export const drawnSteps = 32;

/** The module as one makes it in PyTorch: `nn.RNNCell(4, 2)`, `nn.RNN(4, 2, num_layers=2)`. */
export function moduleText({ dataset, model }: Pick<ExperimentDocument, 'dataset' | 'model'>): string {
  if (dataset.task !== 'shapes') return '';
  const sizes = [String(model.embedding ?? dataset.inputSize), String(model.hiddenSize)];
  const named: string[] = [];
  if (dataset.call === 'sequence' && model.numLayers > 1) named.push(`num_layers=${model.numLayers}`);
  if (model.cell === 'rnn' && model.nonlinearity !== 'tanh')
    named.push(`nonlinearity='${model.nonlinearity}'`);
  if (!model.bias) named.push('bias=False');
  if (dataset.call === 'sequence' && model.bidirectional) named.push('bidirectional=True');
  const name = `${model.cell.toUpperCase()}${dataset.call === 'cell' ? 'Cell' : ''}`;
  return `nn.${name}(${[...sizes, ...named].join(', ')})`;
}
