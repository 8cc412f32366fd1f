import type { TaskName } from '../model/experiment.ts';
import { type Rehearsal, rehearse } from '../model/rehearsal.ts';
import { type DataSizes, directions, hasCellState, type ModelSpec, torchModule } from '../model/spec.ts';
import { aligned, type Commented } from './python-lines.ts';
import { cellForward, cellMember } from './pytorch-cell.ts';
import { shapeText } from './tensor-text.ts';

/**
 * The PyTorch module of a model as one would write it by hand. Its members h0 (c0), embedding, rnn and head stand in
 * this order, so that `load_state_dict` accepts the lab's weights, and `torch.manual_seed(s)` before `Model()` gives
 * the lab's initial ones. Comments show the shapes for the rehearsed T and B. A model that is called cell by cell
 * becomes a loop over nn.RNNCell, whose state dict has the same tensors under keys without `_l0`. null where PyTorch
 * has no such cell.
 */
export function pytorchModule(
  model: ModelSpec,
  sizes: DataSizes,
  task: TaskName,
  rehearsal: Rehearsal,
): string | null {
  const module = torchModule(model.cell);
  if (module === null) return null;
  const isLoop = model.call === 'cell';
  const needsTorch = model.initialState !== 'zeros' || (task === 'label' ? model.bidirectional : isLoop);
  const calls = isLoop ? cellForward : forward;
  const lines = [
    ...(needsTorch ? ['import torch'] : []),
    'from torch import nn',
    '',
    'class Model(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    ...members(module, model, sizes, rehearsal.batchFirst).map((line) => `        ${line}`),
    '',
    ...aligned(calls(model, sizes, task, rehearsal)).map((line) => `    ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

function members(module: string, model: ModelSpec, sizes: DataSizes, batchFirst: boolean): string[] {
  const { cell, hiddenSize: H, numLayers: L, initialState } = model;
  const rows = L * directions(model);
  const lines: string[] = [];
  if (initialState === 'learned') {
    for (const name of stateNames(model))
      lines.push(`self.${name} = nn.Parameter(torch.zeros(${rows}, ${H}))`);
  } else if (initialState !== 'zeros') {
    const values = initialState.values.map((row) => `[${row.map(pythonFloat).join(', ')}]`).join(', ');
    lines.push(`self.register_buffer("h0", torch.tensor([${values}]), persistent=False)`);
  }
  if (model.embedding !== null)
    lines.push(`self.embedding = nn.Embedding(${sizes.inputSize}, ${model.embedding})`);
  const input = model.embedding ?? sizes.inputSize;
  const options = [`num_layers=${L}`];
  if (cell === 'rnn') options.push(`nonlinearity="${model.nonlinearity}"`);
  if (!model.bias) options.push('bias=False');
  if (batchFirst) options.push('batch_first=True');
  if (model.dropout > 0) options.push(`dropout=${model.dropout}`);
  if (model.bidirectional) options.push('bidirectional=True');
  const called = `self.rnn = nn.${module}(${input}, ${H}, ${options.join(', ')})`;
  lines.push(model.call === 'cell' ? cellMember(module, model, sizes) : called);
  if (model.head === 'linear')
    lines.push(`self.head = nn.Linear(${directions(model) * H}, ${sizes.outputSize})`);
  return lines;
}

function forward(model: ModelSpec, sizes: DataSizes, task: TaskName, rehearsal: Rehearsal): Commented[] {
  const { T, B, batchFirst } = rehearsal;
  const shapes = rehearse(model, sizes, rehearsal);
  const show = shapeText;
  const hasC = hasCellState(model);
  const state = hasC ? 'state' : 'h0';
  const own = model.initialState !== 'zeros';
  const lines: Commented[] = [];
  const tokens = batchFirst ? [B, T] : [T, B];
  const given = model.embedding === null ? show(shapes.input) : `${show(tokens)} token indices`;
  lines.push([`def forward(self, x${own ? '' : `, ${state}=None`}):`, `x  ${given}`]);
  if (model.embedding !== null) lines.push(['    x = self.embedding(x)', show(shapes.input)]);
  if (own) {
    const batch = `x.size(${batchFirst ? 0 : 1})`;
    for (const name of model.initialState === 'learned' ? stateNames(model) : ['h0']) {
      lines.push([
        `    ${name} = self.${name}.unsqueeze(1).repeat(1, ${batch}, 1)`,
        show(shapes.states[0]!.shape),
      ]);
    }
    if (hasC && model.initialState !== 'learned') lines.push(['    c0 = torch.zeros_like(h0)']);
    if (hasC) lines.push(['    state = (h0, c0)']);
  }
  const last = hasC ? '(h_n, c_n)' : 'h_n';
  lines.push([
    `    output, ${last} = self.rnn(x, ${state})`,
    `${show(shapes.output)}, ${show(shapes.last[0]!.shape)}`,
  ]);
  const label = task === 'label';
  const D = directions(model);
  const width = D * model.hiddenSize;
  if (label)
    lines.push([
      `    last = ${D === 2 ? 'torch.cat([h_n[-2], h_n[-1]], dim=1)' : 'h_n[-1]'}`,
      show([B, width]),
    ]);
  const result = label ? 'last' : 'output';
  const out = label ? [B, sizes.outputSize] : [...tokens, sizes.outputSize];
  if (model.head === 'linear') lines.push([`    return self.head(${result})`, `logits  ${show(out)}`]);
  else lines.push([`    return ${result}`, 'logits: head is none']);
  return lines;
}

function stateNames(model: ModelSpec): string[] {
  return hasCellState(model) ? ['h0', 'c0'] : ['h0'];
}

/** The number in a form that Python reads as a float. */
function pythonFloat(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.` : text;
}
