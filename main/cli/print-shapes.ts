import type { NamedTensor, ShapesReport } from '../../engine/api.ts';
import { sizeText, tensorText } from '../../engine/formats/tensor-text.ts';
import { showShapes } from '../../engine/inspect/shapes.ts';
import type { ShapesExperiment } from '../../engine/model/experiment.ts';
import { unwrap } from './refusal.ts';

/** Runs a shapes experiment and prints what the tutorial's programs 1 and 2 print. */
export function printShapes(experiment: ShapesExperiment, place: string): number {
  const report = unwrap(showShapes(experiment), place);
  process.stdout.write(shapesText(report, experiment.dataset.call));
  return 0;
}

export function shapesText({ steps }: ShapesReport, call: ShapesExperiment['dataset']['call']): string {
  const lines = steps.flatMap(({ t, tensors }) =>
    call === 'cell' ? cellLines(t ?? 0, tensors) : sequenceLines(tensors),
  );
  return `${lines.join('\n')}\n`;
}

/** Program 1, a step: the input's size, then the hidden state that came out (for nn.LSTMCell the cell state too). */
function cellLines(t: number, tensors: NamedTensor[]): string[] {
  const rule = '='.repeat(20);
  const [input, ...states] = tensors as [NamedTensor, ...NamedTensor[]];
  return [
    `${rule} ${t} ${rule}`,
    `Input size:  ${sizeText(input.shape)}`,
    ...states.flatMap((state) => [`outputs size:  ${sizeText(state.shape)}`, tensorText(state)]),
  ];
}

/** Program 2: output and hidden (for nn.LSTM also cell), each with its size. */
function sequenceLines(tensors: NamedTensor[]): string[] {
  return tensors
    .filter(({ name }) => name !== 'input')
    .flatMap((tensor) => {
      const name = tensor.name[0]!.toUpperCase() + tensor.name.slice(1);
      return [`${name} size:  ${sizeText(tensor.shape)}`, `${name}:  ${tensorText(tensor)}`];
    });
}
