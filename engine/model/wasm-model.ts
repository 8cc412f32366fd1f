/** Describes a model's buffers to the WebAssembly module (engine/kernels/wasm/structs.ts). */
import type { WasmProgram } from '../kernels/program.ts';
import type { Struct } from '../kernels/wasm-structs.ts';
import type { Cell } from '../layers/cell.ts';
import type { Capacity, Direction } from '../layers/direction.ts';
import { gru } from '../layers/gru.ts';
import { lstm } from '../layers/lstm.ts';
import type { ParameterEntry } from '../layers/parameters.ts';
import { rnnRelu, rnnTanh } from '../layers/rnn.ts';
import type { Floats } from '../tensor/floats.ts';
import type { Model } from './model.ts';

/** Count of the values of a [rows, columns] matrix in panels of 16 columns. */
const panelSize = (rows: number, columns: number) => 16 * Math.ceil(columns / 16) * rows;

/**
 * The Model struct of wasm/structs.ts for a model made on these kernels, with the extra buffers that the module
 * needs.
 */
export function describeModel(
  program: WasmProgram,
  model: Model,
  probabilities: Floats, // [outputs, V]
  predictions: Int32Array, // [outputs]
  capacity: Capacity,
): Struct<'Model'> {
  const { place } = program;
  const { spec, sizes, recurrent, kernels } = model;
  const { H, L, D, I } = recurrent.sizes;
  const V = sizes.outputSize;
  const room = (length: number) => place(kernels.allocate(length));
  const G = recurrent.sizes.cell.gates.length;
  const widest = Math.max(G * H, D * H, I, V) + 16;
  // Values that one thread packs of gradients and of inputs; a one-hot input is never multiplied.
  const packed = 96 * 264 + panelSize(256, Math.max(spec.embedding ?? 0, D * H));
  const [struct] = program.structs('Model', 1) as [Struct<'Model'>];
  const directions = describeDirections(program, model);
  const layers = program.structs('Layer', L);
  for (const [l, { input, output, dOutput, mask }] of recurrent.layers.entries()) {
    const isLast = l === L - 1;
    layers[l]!.set({
      input: place(input),
      output: place(output),
      dOutput: place(isLast && model.reads === 'every-step' ? recurrent.dOutput : dOutput),
      mask: place(mask),
    });
  }
  struct.set({
    ...{ L, D, H, I, E: spec.embedding ?? 0, V, readsLast: model.reads === 'last-step' ? 1 : 0 },
    ...{ directions: directions[0]!.at, layers: layers[0]!.at },
    ...{
      embedding: placeOfValue(program, model.embedding),
      dEmbedding: placeOfGradient(program, model.embedding),
    },
    ...{ embedded: place(model.embedded), dEmbedded: place(model.dEmbedded) },
    ...{ features: place(model.features), dFeatures: place(model.dFeatures) },
    ...{
      headWeight: placeOfValue(program, model.headWeight),
      dHeadWeight: placeOfGradient(program, model.headWeight),
    },
    ...{
      headBias: placeOfValue(program, model.headBias),
      dHeadBias: placeOfGradient(program, model.headBias),
    },
    headPanels: room(model.headWeight === null ? 0 : panelSize(D * H, V)),
    headBackPanels: room(model.headWeight === null ? 0 : panelSize(V, D * H)),
    ...{ logits: place(model.logits), dLogits: place(model.dLogits) },
    ...{ probabilities: place(probabilities), predictions: place(predictions) },
    rowLosses: place(program.doubles(model.reads === 'last-step' ? capacity.sequences : capacity.rows)),
    zeros: room(widest),
    ...{ packed: room(program.threads * packed), packedBytes: 4 * packed },
  });
  return struct;
}

/** Direction structs, layer-major with the forward direction first, as the module counts them. */
function describeDirections(program: WasmProgram, model: Model): Struct<'Direction'>[] {
  const { place } = program;
  const { recurrent, kernels, spec, sizes } = model;
  const { H, L, D } = recurrent.sizes;
  const given = typeof spec.initialState === 'string' ? null : kernels.allocate(L * D * H);
  if (given !== null)
    given.set((spec.initialState as { values: number[][] }).values.flat().slice(0, given.length));
  const room = (needed: boolean, length: number) => place(kernels.allocate(needed ? length : 0));
  const structs = program.structs('Direction', L * D);
  const all = recurrent.layers.flatMap(({ directions }) => directions);
  for (const [i, d] of all.entries()) {
    const GH = d.cell.gates.length * H;
    const readsTokens = i < D && spec.embedding === null;
    const I = readsTokens ? sizes.inputSize : d.I;
    const rowOf = (at: number) => (at === 0 ? 0 : at + 4 * i * H);
    structs[i]!.set({
      ...{ cell: codeOf(d.cell), reverse: d.reverse ? 1 : 0, I, H, G: d.cell.gates.length },
      ...placesOfParameters(program, d),
      ...placesOfBuffers(program, d),
      h0: rowOf(given === null ? placeOfValue(program, model.h0) : place(given)),
      c0: rowOf(placeOfValue(program, model.c0)),
      dh0: rowOf(placeOfGradient(program, model.h0)),
      dc0: rowOf(placeOfGradient(program, model.c0)),
      inputPanels: room(!readsTokens, panelSize(I, GH)),
      tokenRows: room(readsTokens, I * GH),
      dTokenRows: room(readsTokens, I * GH),
      statePanels: room(true, panelSize(H, GH)),
      inputBackPanels: room(!readsTokens, panelSize(GH, I)),
      stateBackPanels: room(true, panelSize(GH, H)),
    });
  }
  return structs;
}

/** The cells that the module has, numbered as in wasm/cell-steps.ts. */
const cellCodes = new Map<Cell, number>([
  [rnnTanh, 0],
  [rnnRelu, 1],
  [gru, 2],
  [lstm, 3],
]);

/** Whether the module has this cell. A cell that it lacks is computed by its TypeScript file alone. */
export function hasFusedCell(cell: Cell): boolean {
  return cellCodes.has(cell);
}

function codeOf(cell: Cell): number {
  const code = cellCodes.get(cell);
  if (code === undefined)
    throw new Error(`the WebAssembly module has no cell of gates ${cell.gates.join(', ')}`);
  return code;
}

const placeOfValue = ({ place }: WasmProgram, entry: ParameterEntry | null) => place(entry?.value ?? null);
const placeOfGradient = ({ place }: WasmProgram, entry: ParameterEntry | null) =>
  place(entry?.gradient ?? null);

function placesOfParameters(program: WasmProgram, { weightIh, weightHh, biasIh, biasHh }: Direction) {
  return {
    ...{ weightIh: placeOfValue(program, weightIh), dWeightIh: placeOfGradient(program, weightIh) },
    ...{ weightHh: placeOfValue(program, weightHh), dWeightHh: placeOfGradient(program, weightHh) },
    ...{ biasIh: placeOfValue(program, biasIh), dBiasIh: placeOfGradient(program, biasIh) },
    ...{ biasHh: placeOfValue(program, biasHh), dBiasHh: placeOfGradient(program, biasHh) },
  };
}

function placesOfBuffers({ place }: WasmProgram, { buffers, hState, cState }: Direction) {
  const { gates, recurrent, hPrevious, h, cPrevious, c, kept, dGates, dRecurrent, dh, dc } = buffers;
  return {
    ...{ gates: place(gates), recurrent: place(recurrent), hPrevious: place(hPrevious), h: place(h) },
    ...{ cPrevious: place(cPrevious), c: place(c), kept: place(kept), dGates: place(dGates) },
    ...{ dRecurrent: place(dRecurrent), dh: place(dh), dc: place(dc) },
    ...{ hState: place(hState), cState: place(cState) },
  };
}
