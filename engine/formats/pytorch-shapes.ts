import type { ExperimentDocument } from '../model/experiment.ts';
import { cellTitle, directions, hasCellState, type ModelSpec, torchModule } from '../model/spec.ts';

/** The tutorial's program 1 or 2 for a shapes experiment; null where PyTorch has no such cell. */
export function pytorchShapesProgram(
  model: ModelSpec,
  shapes: { inputSize: number; sequenceLength: number; batchSize: number; call: 'cell' | 'sequence' },
  seed: number,
): string | null {
  const name = torchModule(model.cell);
  if (name === null) return null;
  const { inputSize: I, sequenceLength: T, batchSize: B, call } = shapes;
  const { hiddenSize: H, numLayers: L } = model;
  const D = directions(model);
  const hasC = hasCellState(model);
  const kind = model.cell === 'rnn' && model.nonlinearity === 'relu' ? ', nonlinearity="relu"' : '';
  const bias = model.bias ? '' : ', bias=False';
  const head = ['import torch', '', `torch.manual_seed(${seed})`];
  const zeros = (shape: string) =>
    hasC ? `(torch.zeros(${shape}), torch.zeros(${shape}))` : `torch.zeros(${shape})`;
  const lines =
    call === 'cell'
      ? [
          ...head,
          `cell = torch.nn.${name}Cell(${I}, ${H}${bias}${kind})`,
          `dataset = torch.randn(${T}, ${B}, ${I})`,
          `hidden = ${zeros(`${B}, ${H}`)}`,
          '',
          'for idx, input in enumerate(dataset):',
          "    print('=' * 20, idx, '=' * 20)",
          "    print('Input size:', input.shape)",
          '    hidden = cell(input, hidden)',
          `    print('outputs size:', hidden${hasC ? '[0]' : ''}.shape)`,
          `    print(hidden${hasC ? '[0]' : ''})`,
        ]
      : [
          ...head,
          `cell = torch.nn.${name}(${I}, ${H}, num_layers=${L}${bias}${kind}${D === 2 ? ', bidirectional=True' : ''})`,
          `inputs = torch.randn(${T}, ${B}, ${I})`,
          `hidden = ${zeros(`${L * D}, ${B}, ${H}`)}`,
          '',
          'out, hidden = cell(inputs, hidden)',
          "print('Output size:', out.shape)",
          "print('Output:', out)",
          `print('Hidden size:', hidden${hasC ? '[0]' : ''}.shape)`,
          `print('Hidden:', hidden${hasC ? '[0]' : ''})`,
        ];
  return `${lines.join('\n')}\n`;
}

/** The module's constructor call in PyTorch: `nn.RNNCell(4, 2)`, `nn.RNN(4, 2, num_layers=2)`. */
export function moduleText({ dataset, model }: Pick<ExperimentDocument, 'dataset' | 'model'>): string {
  if (dataset.task !== 'shapes') return '';
  const sizes = [String(model.embedding ?? dataset.inputSize), String(model.hiddenSize)];
  const named: string[] = [];
  if (dataset.call === 'sequence' && model.numLayers > 1) named.push(`num_layers=${model.numLayers}`);
  if (model.cell === 'rnn' && model.nonlinearity !== 'tanh')
    named.push(`nonlinearity='${model.nonlinearity}'`);
  if (!model.bias) named.push('bias=False');
  if (dataset.call === 'sequence' && model.bidirectional) named.push('bidirectional=True');
  const name = `${cellTitle(model.cell)}${dataset.call === 'cell' ? 'Cell' : ''}`;
  return `nn.${name}(${[...sizes, ...named].join(', ')})`;
}
