/**
 * The model as data: the `model` part of an experiment document (docs/formats.md), in PyTorch's terms.
 * Sizes: T time steps, B batch, I input size, H hidden size, V output vocabulary, L layers, D directions.
 */
import { type Problem, problem } from '../errors.ts';
import { type CellName, cells, findCell } from '../layers/cells.ts';
import { elementCount } from '../tensor/floats.ts';

export type { CellName };
/** The cells that a document's `model.cell` may name. */
export const cellNames = Object.keys(cells) as CellName[];
export type Nonlinearity = 'tanh' | 'relu';
export type HeadName = 'none' | 'linear';
/**
 * h_0 (and c_0): zeros; trained parameters `h0` (and `c0`), which start at zero; or given numbers for h_0. All are
 * shaped [L·D, H], one row for each layer and direction, the same for every sequence. With a given h_0, c_0 is zero.
 */
export type InitialState = 'zeros' | 'learned' | { values: number[][] };

export interface ModelSpec {
  /** null: one-hot input; else the width of nn.Embedding. */
  embedding: number | null;
  cell: CellName;
  /** A setting of nn.RNN alone. The other cells ignore it, and documents leave it 'tanh'. */
  nonlinearity: Nonlinearity;
  hiddenSize: number;
  numLayers: number;
  bias: boolean;
  bidirectional: boolean;
  /** Probability of dropping an output between layers while training. */
  dropout: number;
  /** none: h_t itself is the logits, so H·D must equal V. */
  head: HeadName;
  initialState: InitialState;
  /**
   * How the model is written and drawn. Absent or `sequence`: the module, called once. `cell`: a loop over
   * nn.RNNCell (GRUCell, LSTMCell), with one layer and one direction. The numbers are the same.
   */
  call?: 'sequence' | 'cell';
}

/** Sizes of a model that the data decides. */
export interface DataSizes {
  /** I: tokens of the input vocabulary (or inputSize of a shapes experiment). */
  inputSize: number;
  /** V: tokens of the target vocabulary. */
  outputSize: number;
}

/** Largest sizes that the lab accepts; a document that asks for more is refused before anything is allocated. */
export const modelLimits = {
  embedding: 4096,
  hiddenSize: 4096,
  numLayers: 16,
  parameters: 10_000_000,
};

/** The tutorial's network: nn.RNN(4, 4), whose state is the logits. */
export function defaultModel(): ModelSpec {
  return {
    embedding: null,
    cell: 'rnn',
    nonlinearity: 'tanh',
    hiddenSize: 4,
    numLayers: 1,
    bias: true,
    bidirectional: false,
    dropout: 0,
    head: 'none',
    initialState: 'zeros',
  };
}

/** The cell's name as it is shown: `GRU`. */
export function cellTitle(cell: CellName): string {
  return cells[cell].torch ?? cell.toUpperCase();
}

/** The cell's module of torch.nn (`GRU` for nn.GRU and nn.GRUCell); null where PyTorch has none. */
export function torchModule(cell: CellName): string | null {
  return cells[cell].torch;
}

/** One step of the model's cell as equations; in upper layers, x_t is the output of the layer below. */
export function cellEquations({ cell, nonlinearity, bias }: ModelSpec): string[] {
  const { equations } = findCell(cell, nonlinearity);
  return bias ? [...equations] : equations.map((line) => line.replaceAll(/ \+ b_\w+/g, ''));
}

/** Whether the cell has a cell state c beside h, as nn.LSTM has. */
export function hasCellState(model: ModelSpec): boolean {
  return cells[model.cell].hasCellState;
}

/** Whether every h_t lies within [−1, 1], whatever the weights. */
export function hasBoundedStates({ cell, nonlinearity, initialState }: ModelSpec): boolean {
  const { bounded } = findCell(cell, nonlinearity);
  if (bounded !== 'from-bounded-start' || initialState === 'zeros') return bounded !== 'never';
  if (initialState === 'learned') return false;
  return initialState.values.flat().every((value) => Math.abs(value) <= 1);
}

/** PyTorch's names of the cell's gates in packed order; the plain cell's only one is h itself. */
export function gateNames({ cell }: Pick<ModelSpec, 'cell'>): readonly string[] {
  return cells[cell].gates;
}

/** The number of directions, D. */
export function directions(model: ModelSpec): 1 | 2 {
  return model.bidirectional ? 2 : 1;
}

export interface ParameterShape {
  key: string;
  shape: number[];
}

/**
 * Keys and shapes of the state dict of a PyTorch module with the members h0 (c0), embedding, rnn and head, in its
 * order. The module makes its members in this order, so initial weights are drawn in this order, too.
 */
export function parameterShapes(model: ModelSpec, sizes: DataSizes): ParameterShape[] {
  const { hiddenSize: H, numLayers: L } = model;
  const D = directions(model);
  const cell = cells[model.cell];
  const GH = cell.gates.length * H;
  const shapes: ParameterShape[] = [];
  if (model.initialState === 'learned') {
    shapes.push({ key: 'h0', shape: [L * D, H] });
    if (cell.hasCellState) shapes.push({ key: 'c0', shape: [L * D, H] });
  }
  if (model.embedding !== null) {
    shapes.push({ key: 'embedding.weight', shape: [sizes.inputSize, model.embedding] });
  }
  for (let layer = 0; layer < L; layer++) {
    const inputSize = layer === 0 ? (model.embedding ?? sizes.inputSize) : D * H;
    for (const suffix of D === 2 ? ['', '_reverse'] : ['']) {
      shapes.push({ key: `rnn.weight_ih_l${layer}${suffix}`, shape: [GH, inputSize] });
      shapes.push({ key: `rnn.weight_hh_l${layer}${suffix}`, shape: [GH, H] });
      if (!model.bias) continue;
      shapes.push({ key: `rnn.bias_ih_l${layer}${suffix}`, shape: [GH] });
      shapes.push({ key: `rnn.bias_hh_l${layer}${suffix}`, shape: [GH] });
    }
  }
  if (model.head === 'linear') {
    shapes.push({ key: 'head.weight', shape: [sizes.outputSize, D * H] });
    shapes.push({ key: 'head.bias', shape: [sizes.outputSize] });
  }
  return shapes;
}

export function parameterCount(model: ModelSpec, sizes: DataSizes): number {
  return parameterShapes(model, sizes).reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/**
 * Returns every problem that keeps this model from being built for data of these sizes; each problem's path begins
 * with `path`.
 */
export function checkModel(model: ModelSpec, sizes: DataSizes, path = 'model'): Problem[] {
  const problems = [...checkModelRanges(model, path), ...checkDropoutBetween(model, path)];
  // The checks that follow compute with the sizes, which must be sound for that.
  if (problems.some(({ code }) => code === 'model-size')) return problems;
  problems.push(
    ...checkHead(model, sizes, path),
    ...checkInitialState(model, path),
    ...checkCall(model, path),
  );
  const count = parameterCount(model, sizes);
  if (count > modelLimits.parameters) {
    const message = `${path} has ${count} parameters; the lab takes at most ${modelLimits.parameters}`;
    problems.push(
      problem('model-parameters', path, message, { parameters: count, limit: modelLimits.parameters }),
    );
  }
  return problems;
}

/** Problems of numbers that no model can have, whatever the other settings. */
export function checkModelRanges(model: ModelSpec, path = 'model'): Problem[] {
  const problems: Problem[] = [];
  const checkSize = (name: 'embedding' | 'hiddenSize' | 'numLayers', value: number) => {
    if (Number.isInteger(value) && value >= 1 && value <= modelLimits[name]) return;
    const message = `${path}.${name} is ${value}; it needs a whole number from 1 to ${modelLimits[name]}`;
    problems.push(
      problem('model-size', `${path}.${name}`, message, { name, value, limit: modelLimits[name] }),
    );
  };
  if (model.embedding !== null) checkSize('embedding', model.embedding);
  checkSize('hiddenSize', model.hiddenSize);
  checkSize('numLayers', model.numLayers);
  const { dropout } = model;
  if (!(dropout >= 0 && dropout < 1)) {
    const at = `${path}.dropout`;
    const message = `${at} is ${dropout}; it needs a probability from 0 up to but not including 1`;
    problems.push(problem('model-dropout', at, message, { dropout }));
  }
  return problems;
}

function checkDropoutBetween({ dropout, numLayers }: ModelSpec, path: string): Problem[] {
  if (!(dropout > 0 && dropout < 1) || numLayers !== 1) return [];
  const at = `${path}.dropout`;
  const message = `${at} is ${dropout} with 1 layer; dropout acts between layers, so it needs numLayers 2 or more`;
  return [problem('model-dropout-one-layer', at, message, { dropout, numLayers })];
}

function checkHead(model: ModelSpec, { outputSize }: DataSizes, path: string): Problem[] {
  const { hiddenSize } = model;
  const D = directions(model);
  if (model.head !== 'none' || hiddenSize * D === outputSize) return [];
  const width = D === 1 ? `${hiddenSize}` : `${hiddenSize}, twice for two directions`;
  const message =
    `${path}.hiddenSize is ${width}, the target vocabulary has ${outputSize} tokens; ` +
    `without a head h_t is the logits, so the sizes must be equal, or ${path}.head linear`;
  const details = { hiddenSize, directions: D, outputSize };
  return [problem('model-hidden-size-head', `${path}.hiddenSize`, message, details)];
}

function checkCall({ call, cell, numLayers, bidirectional }: ModelSpec, path: string): Problem[] {
  if (call !== 'cell') return [];
  const at = `${path}.call`;
  const module = `nn.${cellTitle(cell)}Cell`;
  const refuse = (found: string, details: Problem['details']) => {
    const message = `${at} is cell, and the model has ${found}; ${module} is one layer in one direction`;
    return problem('model-call', at, message, { module, ...details });
  };
  if (numLayers !== 1) return [refuse(`${numLayers} layers`, { numLayers, directions: 1 })];
  return bidirectional ? [refuse('two directions', { numLayers, directions: 2 })] : [];
}

function checkInitialState(model: ModelSpec, path: string): Problem[] {
  if (typeof model.initialState === 'string') return [];
  const at = `${path}.initialState.values`;
  const { values } = model.initialState;
  const H = model.hiddenSize;
  const rows = model.numLayers * directions(model);
  const needs = `it needs ${rows} of ${H} numbers, one for each layer and direction`;
  if (values.length !== rows) {
    const message = `${at} has ${values.length} rows; ${needs}`;
    return [problem('model-initial-state', at, message, { rows: values.length, needed: rows })];
  }
  return values.flatMap((row, i) => {
    if (row.length !== H) {
      const message = `${at}[${i}] has ${row.length} numbers; ${needs}`;
      return [problem('model-initial-state', `${at}[${i}]`, message, { columns: row.length, needed: H })];
    }
    const j = row.findIndex((value) => !Number.isFinite(Math.fround(value)));
    if (j === -1) return [];
    const place = `${at}[${i}][${j}]`;
    return [problem('model-initial-state-number', place, `${place} is ${row[j]}; it needs a finite number`)];
  });
}
