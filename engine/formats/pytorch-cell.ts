/**
 * The PyTorch module of a model that is called cell by cell: a loop over nn.RNNCell, as in the tutorial's program 3.
 */
import type { TaskName } from '../model/experiment.ts';
import { type Rehearsal, rehearse } from '../model/rehearsal.ts';
import { type DataSizes, hasCellState, type ModelSpec } from '../model/spec.ts';
import type { Commented } from './python-lines.ts';
import { shapeText } from './tensor-text.ts';

/** `self.rnn = nn.RNNCell(4, 4, nonlinearity="tanh")`. */
export function cellMember(module: string, model: ModelSpec, sizes: DataSizes): string {
  const options = [String(model.embedding ?? sizes.inputSize), String(model.hiddenSize)];
  if (!model.bias) options.push('bias=False');
  if (model.cell === 'rnn') options.push(`nonlinearity="${model.nonlinearity}"`);
  return `self.rnn = nn.${module}Cell(${options.join(', ')})`;
}

/**
 * The forward method of one layer in one direction, step by step. The state is [B, H], without an axis of layers.
 */
export function cellForward(
  model: ModelSpec,
  sizes: DataSizes,
  task: TaskName,
  rehearsal: Rehearsal,
): Commented[] {
  const { T, B, batchFirst } = rehearsal;
  const { hiddenSize: H } = model;
  const shapes = rehearse(model, sizes, rehearsal);
  const hasC = hasCellState(model);
  const own = model.initialState !== 'zeros';
  const tokens = batchFirst ? [B, T] : [T, B];
  const given = model.embedding === null ? shapeText(shapes.input) : `${shapeText(tokens)} token indices`;
  const state = hasC ? 'state' : 'h';
  const lines: Commented[] = [[`def forward(self, x${own ? '' : `, ${state}=None`}):`, `x  ${given}`]];
  if (model.embedding !== null) lines.push(['    x = self.embedding(x)', shapeText(shapes.input)]);
  if (own) lines.push(...ownState(model, batchFirst, shapeText([B, H])));
  lines.push(
    ['    outputs = []'],
    [
      `    for x_t in x${batchFirst ? '.unbind(1)' : ''}:`,
      shapeText([B, model.embedding ?? sizes.inputSize]),
    ],
    ...(hasC
      ? ([
          ['        state = self.rnn(x_t, state)', `h, c  ${shapeText([B, H])}`],
          ['        outputs.append(state[0])'],
        ] satisfies Commented[])
      : ([
          ['        h = self.rnn(x_t, h)', shapeText([B, H])],
          ['        outputs.append(h)'],
        ] satisfies Commented[])),
  );
  const head = (value: string) => (model.head === 'linear' ? `self.head(${value})` : value);
  const logits = (shape: number[]) =>
    model.head === 'linear' ? `logits  ${shapeText(shape)}` : 'logits: head is none';
  if (task === 'label') {
    lines.push([`    return ${head('outputs[-1]')}`, logits([B, sizes.outputSize])]);
  } else {
    const dim = batchFirst ? ', dim=1' : '';
    lines.push([`    output = torch.stack(outputs${dim})`, shapeText([...tokens, H])]);
    lines.push([`    return ${head('output')}`, logits([...tokens, sizes.outputSize])]);
  }
  return lines;
}

/** Lines that expand the module's own initial state, [1, H], to every sequence. */
function ownState(model: ModelSpec, batchFirst: boolean, shape: string): Commented[] {
  const batch = `x.size(${batchFirst ? 0 : 1})`;
  const hasC = hasCellState(model);
  const lines: Commented[] = [[`    h = self.h0.repeat(${batch}, 1)`, shape]];
  if (!hasC) return lines;
  const c = model.initialState === 'learned' ? `self.c0.repeat(${batch}, 1)` : 'torch.zeros_like(h)';
  return [...lines, [`    state = (h, ${c})`]];
}
