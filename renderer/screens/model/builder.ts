import type { TaskName } from '../../../engine/model/experiment.ts';
import {
  cellTitle,
  type DataSizes,
  directions,
  type InitialState,
  type ModelSpec,
} from '../../../engine/model/spec.ts';
import type { TextKey, TextValues } from '../../text/text.svelte.ts';

/** Why a control cannot be used, and the change that makes it usable. */
export interface Lock {
  key: TextKey;
  values: TextValues;
  /** One undo step; null: there is no way out here. */
  wayOut: { key: TextKey; values: TextValues; patch: Partial<ModelSpec> } | null;
}

export type LockedControl =
  | 'embedding'
  | 'nonlinearity'
  | 'hiddenSize'
  | 'numLayers'
  | 'bidirectional'
  | 'dropout'
  | 'call'
  | 'head';
export type Locks = Partial<Record<LockedControl, Lock>>;

export interface BuilderSituation {
  model: ModelSpec;
  sizes: DataSizes;
  task: TaskName;
  /** The call of a shapes experiment; null for other tasks. */
  call: 'cell' | 'sequence' | null;
}

const linearHead: Lock['wayOut'] = { key: 'model_way_head', values: {}, patch: { head: 'linear' } };

/** The controls that the other settings forbid, each with its reason. Nothing is accepted and then ignored. */
export function builderLocks({ model, sizes, task, call }: BuilderSituation): Locks {
  const locks: Locks = {};
  const lock = (
    control: LockedControl,
    key: TextKey,
    values: TextValues = {},
    wayOut: Lock['wayOut'] = null,
  ) => {
    locks[control] = { key, values, wayOut };
  };
  if (model.cell !== 'rnn') lock('nonlinearity', 'model_why_nonlinearity', { cell: cellTitle(model.cell) });
  if (model.numLayers === 1) {
    const wayOut: Lock['wayOut'] =
      call === 'cell' ? null : { key: 'model_way_two_layers', values: {}, patch: { numLayers: 2 } };
    lock('dropout', 'model_why_dropout', {}, wayOut);
  }
  if (task === 'shapes') {
    lock('embedding', 'model_why_shapes_input');
    lock('head', 'model_why_shapes_head');
    if (call === 'cell') {
      lock('numLayers', 'model_why_cell_layers');
      lock('bidirectional', 'model_why_cell_directions');
    }
    return locks;
  }
  if (model.call !== 'cell' && (model.numLayers > 1 || model.bidirectional)) {
    lock('call', 'model_why_call', { cell: `nn.${cellTitle(model.cell)}Cell` });
  }
  if (model.call === 'cell') {
    const wayOut: Lock['wayOut'] = { key: 'model_way_sequence', values: {}, patch: { call: 'sequence' } };
    lock('numLayers', 'model_why_call_layers', { cell: `nn.${cellTitle(model.cell)}Cell` }, wayOut);
    lock('bidirectional', 'model_why_call_directions', { cell: `nn.${cellTitle(model.cell)}Cell` }, wayOut);
    if (locks.dropout) locks.dropout.wayOut = null;
    if (model.head === 'none' && model.hiddenSize === sizes.outputSize) {
      lock('hiddenSize', 'model_why_hidden_size', { size: sizes.outputSize }, linearHead);
    }
    return locks;
  }
  if (model.head === 'none') {
    const width = sizes.outputSize;
    // A size that does not fit is shown as a problem with ways out; locking the control would keep the
    // wrong value.
    if (model.hiddenSize * directions(model) === width) {
      lock('hiddenSize', 'model_why_hidden_size', { size: width }, linearHead);
    }
    if (!model.bidirectional) {
      lock('bidirectional', 'model_why_bidirectional', { width: 2 * model.hiddenSize }, linearHead);
    }
  }
  return locks;
}

/** The patch that a choice of the head needs: without a head, h_t must be as wide as the vocabulary. */
export function headPatch(model: ModelSpec, sizes: DataSizes, head: ModelSpec['head']): Partial<ModelSpec> {
  if (head === 'linear' || sizes.outputSize === 0) return { head };
  return withInitialState(model, { head, hiddenSize: sizes.outputSize, bidirectional: false });
}

/** The patch, with given initial values cut or filled with zeros to the new shape [L·D, H]. */
export function withInitialState(model: ModelSpec, patch: Partial<ModelSpec>): Partial<ModelSpec> {
  const next = { ...model, ...patch };
  if (typeof next.initialState === 'string') return patch;
  const rows = next.numLayers * directions(next);
  const { values } = next.initialState;
  if (values.length === rows && values.every((row) => row.length === next.hiddenSize)) return patch;
  return { ...patch, initialState: { values: resized(values, rows, next.hiddenSize) } };
}

/** The initial state of a kind, shaped for this model. */
export function initialState(model: ModelSpec, kind: 'zeros' | 'given' | 'learned'): InitialState {
  if (kind !== 'given') return kind;
  const before = typeof model.initialState === 'string' ? [] : model.initialState.values;
  return { values: resized(before, model.numLayers * directions(model), model.hiddenSize) };
}

function resized(values: number[][], rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => values[i]?.[j] ?? 0),
  );
}
