import type { NamedTensor, ShapesReport, ShapesStep } from '../api.ts';
import type { ShapesDataset } from '../model/experiment.ts';
import { sizeText, tensorText } from './tensor-text.ts';

/** What the tutorial's programs 1 (nn.RNNCell, called once per step) and 2 (nn.RNN, called once) print. */
export function shapesText({ steps }: ShapesReport, call: ShapesDataset['call']): string {
  return `${steps.map((step) => stepText(step, call)).join('\n')}\n`;
}

/** The lines of one step, or of the whole sequence where nn.RNN is called once. */
export function stepText({ t, tensors }: ShapesStep, call: ShapesDataset['call']): string {
  return (call === 'cell' ? cellLines(t ?? 0, tensors) : sequenceLines(tensors)).join('\n');
}

/** One step of program 1: the input's size, then the new hidden state (for nn.LSTMCell the cell state, too). */
function cellLines(t: number, tensors: NamedTensor[]): string[] {
  const rule = '='.repeat(20);
  const [input, ...states] = tensors as [NamedTensor, ...NamedTensor[]];
  return [
    `${rule} ${t} ${rule}`,
    `Input size:  ${sizeText(input.shape)}`,
    ...states.flatMap((state) => [`outputs size:  ${sizeText(state.shape)}`, tensorText(state)]),
  ];
}

/** Program 2: output and hidden state (for nn.LSTM the cell state, too), each with its size. */
function sequenceLines(tensors: NamedTensor[]): string[] {
  return tensors
    .filter(({ name }) => name !== 'input')
    .flatMap((tensor) => {
      const name = tensor.name[0]!.toUpperCase() + tensor.name.slice(1);
      return [`${name} size:  ${sizeText(tensor.shape)}`, `${name}:  ${tensorText(tensor)}`];
    });
}
