import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trace } from '../../../engine/inspect/trace.ts';
import type { TrainedModel } from '../../../engine/inspect/trained.ts';
import { type CellName, cells } from '../../../engine/layers/cells.ts';
import { rehearse } from '../../../engine/model/rehearsal.ts';
import { cellTitle, defaultModel, type ModelSpec, parameterShapes } from '../../../engine/model/spec.ts';
import { drawnRows } from '../../../renderer/screens/model/drawing/drawn-ends.ts';
import { layOut } from '../../../renderer/screens/model/drawing/layout.ts';
import {
  type DrawnNetwork,
  type NetworkEdge,
  type NetworkNode,
  networkGraph,
  nodeId,
} from '../../../renderer/screens/model/drawing/network-graph.ts';
import { tensorColours } from '../../../renderer/screens/model/drawing/tensor-colours.ts';
import { clamped, fittedZoom, zoomedAt, zooms } from '../../../renderer/screens/model/drawing/viewport.ts';
import { reversal } from '../../engine/documents.ts';
import { train } from '../../engine/inspect/trained.ts';

const kinds = {
  task: 'label' as const,
  samples: [
    { input: 'abba', target: 'even' },
    { input: 'abab', target: 'even' },
    { input: 'bbab', target: 'odd' },
  ],
};
const sizes = { inputSize: 4, outputSize: 4 };
const model = (patch: Partial<ModelSpec> = {}): ModelSpec => ({ ...defaultModel(), ...patch });
const network = (patch: Partial<DrawnNetwork> = {}): DrawnNetwork => ({
  model: model(),
  sizes,
  T: 5,
  B: 1,
  reads: 'every-step',
  ...patch,
});

const anyNetwork = fc
  .record({
    cell: fc.constantFrom(...(Object.keys(cells) as CellName[])),
    numLayers: fc.integer({ min: 1, max: 4 }),
    bidirectional: fc.boolean(),
    embedding: fc.constantFrom(null, 3),
    head: fc.constantFrom('none' as const, 'linear' as const),
    bias: fc.boolean(),
    T: fc.integer({ min: 1, max: 12 }),
    B: fc.integer({ min: 1, max: 3 }),
    reads: fc.constantFrom('every-step' as const, 'last-step' as const),
  })
  .map(({ T, B, reads, ...patch }) => network({ model: model(patch), T, B, reads }));

/** Every node that can be reached from a node. */
function reachedFrom(edges: readonly NetworkEdge[], start: NetworkNode): Set<string> {
  const reached = new Set([nodeId(start)]);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const { from, to } of edges) if (reached.has(nodeId(from))) reached.add(nodeId(to));
  }
  return reached;
}

describe('the graph of the network', () => {
  it('multiplies by every weight of the state dict, and by nothing else', () => {
    fc.assert(
      fc.property(anyNetwork, (drawn) => {
        const { edges } = networkGraph(drawn);
        const drawnKeys = new Set(edges.flatMap(({ weight }) => (weight === null ? [] : [weight])));
        const keys = parameterShapes(drawn.model, drawn.sizes).map(({ key }) => key);
        expect([...drawnKeys].sort()).toEqual(keys.filter((key) => key.includes('weight')).sort());
      }),
    );
  });

  it('hands each weight a value as wide as it takes', () => {
    fc.assert(
      fc.property(anyNetwork, (drawn) => {
        const shapes = new Map(
          parameterShapes(drawn.model, drawn.sizes).map(({ key, shape }) => [key, shape]),
        );
        const { edges } = networkGraph(drawn);
        for (const { weight, shape, to } of edges) {
          if (weight === null) continue;
          // An index is looked up rather than multiplied.
          if (weight === 'embedding.weight') expect(shape).toEqual([drawn.B]);
          // The head of a label task takes the last states of both directions, each by its own edge.
          else if (weight === 'head.weight' && to.kind === 'head' && to.t === null) {
            const arriving = edges.filter((one) => nodeId(one.to) === nodeId(to));
            expect(arriving.reduce((sum, one) => sum + one.shape[1]!, 0)).toBe(shapes.get(weight)![1]);
          } else expect(shape).toEqual([drawn.B, shapes.get(weight)![1]]);
        }
      }),
    );
  });

  it('in parts is the whole', () => {
    fc.assert(
      fc.property(anyNetwork, fc.integer({ min: 1, max: 12 }), (drawn, cut) => {
        const id = ({ from, to, carries }: NetworkEdge) => `${nodeId(from)}>${nodeId(to)} ${carries}`;
        const whole = networkGraph(drawn);
        const parts = [networkGraph(drawn, 1, cut), networkGraph(drawn, cut + 1, 12)];
        expect(new Set(parts.flatMap(({ edges }) => edges.map(id)))).toEqual(new Set(whole.edges.map(id)));
        expect(new Set(parts.flatMap(({ nodes }) => nodes.map(nodeId)))).toEqual(
          new Set(whole.nodes.map(nodeId)),
        );
        expect(new Set(whole.edges.map(id)).size).toBe(whole.edges.length);
        expect(new Set(whole.nodes.map(nodeId)).size).toBe(whole.nodes.length);
      }),
    );
  });

  const computed: Partial<ModelSpec>[] = (Object.keys(cells) as CellName[]).flatMap((cell) => [
    { cell, hiddenSize: 3, head: 'linear' },
    { cell, hiddenSize: 3, head: 'linear', bidirectional: true },
    { cell, hiddenSize: 3, head: 'linear', numLayers: 2, bidirectional: true, embedding: 3 },
  ]);
  it.each(computed)(
    'reaches from each input what that input changes: $cell, $numLayers, $bidirectional',
    (patch) => {
      for (const [dataset, reads] of [
        [reversal, 'every-step'],
        [kinds, 'last-step'],
      ] as const) {
        const trained: TrainedModel = train({ dataset, model: patch }, 2);
        const [a, b] = trained.vocabulary as [string, string];
        const T = 4;
        const tokens = Array.from({ length: T }, () => a);
        const before = trace(trained, { input: tokens.join('') });
        for (let t = 1; t <= T; t++) {
          const after = trace(trained, { input: tokens.with(t - 1, b).join('') });
          if (!before.ok || !after.ok) throw new Error('refused');
          const { edges } = networkGraph(network({ model: model(patch), T, reads }));
          const reached = reachedFrom(edges, { kind: 'input', t });
          for (const [i, { layer, reverse, h }] of after.value.directions.entries()) {
            const H = h.length / T;
            for (let at = 1; at <= T; at++) {
              const part = (values: Float32Array) => [...values.subarray((at - 1) * H, at * H)];
              const changed = `${part(h)}` !== `${part(before.value.directions[i]!.h)}`;
              const id = nodeId({ kind: 'cell', layer, reverse, t: at });
              expect(reached.has(id), `input ${t} → ${id}`).toBe(changed);
            }
          }
          const V = trained.targetVocabulary.length;
          const outputs = reads === 'last-step' ? [null] : Array.from({ length: T }, (_, k) => k + 1);
          for (const [k, out] of outputs.entries()) {
            const part = (values: Float32Array) => [...values.subarray(k * V, (k + 1) * V)];
            const changed =
              `${part(after.value.prediction.logits)}` !== `${part(before.value.prediction.logits)}`;
            expect(reached.has(nodeId({ kind: 'output', t: out })), `input ${t} → output ${out}`).toBe(
              changed,
            );
          }
        }
      }
    },
  );

  it('ends the reverse direction at t = 1 and reads a label from there', () => {
    const drawn = network({
      model: model({ bidirectional: true, numLayers: 2, head: 'linear' }),
      reads: 'last-step',
    });
    const { edges } = networkGraph(drawn, 3, 4);
    const readers = edges.filter(({ to }) => to.kind === 'head').map(({ from }) => nodeId(from));
    expect(readers).toEqual(['cell l1 5', 'cell l1_reverse 1']);
    const all = networkGraph(drawn).edges;
    const last = all.find(({ to }) => nodeId(to) === 'last l0_reverse')!;
    expect(nodeId(last.from)).toBe('cell l0_reverse 1');
  });

  it('carries c from step to step by no weight, in an LSTM alone', () => {
    const ofC = (cell: CellName) =>
      networkGraph(network({ model: model({ cell }) })).edges.filter(({ carries }) => carries === 'c');
    expect(ofC('lstm').map(({ weight }) => weight)).toEqual(Array(6).fill(null));
    expect(ofC('gru')).toEqual([]);
  });
});

describe('the layout of the network', () => {
  it('stands inside its frame, no two boxes on each other', () => {
    fc.assert(
      fc.property(anyNetwork, (drawn) => {
        const layout = layOut(drawn);
        const { nodes } = networkGraph(drawn);
        const reader = layout.width / 2;
        const boxes = nodes.map((node) => ({ id: nodeId(node), ...layout.boxOf(node, reader) }));
        for (const { id, x, y, width, height } of boxes) {
          const inside = y - height / 2 >= 0 && y + height / 2 <= layout.height;
          expect(inside, id).toBe(true);
          if (!id.endsWith('last'))
            expect(x - width / 2 >= 0 && x + width / 2 <= layout.width, id).toBe(true);
        }
        for (const [i, one] of boxes.entries()) {
          for (const other of boxes.slice(i + 1)) {
            const apart =
              Math.abs(one.x - other.x) >= (one.width + other.width) / 2 ||
              Math.abs(one.y - other.y) >= (one.height + other.height) / 2;
            expect(apart, `${one.id} and ${other.id}`).toBe(true);
          }
        }
      }),
    );
  });

  it('leads every edge from the border of its one box to the border of its other, upright or level, past all others', () => {
    fc.assert(
      fc.property(anyNetwork, (drawn) => {
        const layout = layOut(drawn);
        const { nodes, edges } = networkGraph(drawn);
        const reader = layout.width / 2;
        const borders = (node: NetworkNode, [x, y]: readonly [number, number]) => {
          const box = layout.boxOf(node, reader);
          const dx = Math.abs(x - box.x) - box.width / 2;
          const dy = Math.abs(y - box.y) - box.height / 2;
          return Math.abs(Math.max(dx, dy)) < 1e-9;
        };
        for (const edge of edges) {
          const way = layout.wayOf(edge, reader);
          const name = `${nodeId(edge.from)} > ${nodeId(edge.to)} ${edge.carries}`;
          expect(borders(edge.from, way[0]!), `${name} begins`).toBe(true);
          expect(borders(edge.to, way.at(-1)!), `${name} ends`).toBe(true);
          for (let i = 1; i < way.length; i++) {
            const [[x1, y1], [x2, y2]] = [way[i - 1]!, way[i]!];
            expect(x1 === x2 || y1 === y2, name).toBe(true);
            for (const node of nodes) {
              if ([nodeId(edge.from), nodeId(edge.to)].includes(nodeId(node))) continue;
              const box = layout.boxOf(node, reader);
              const crosses =
                Math.max(x1, x2) > box.x - box.width / 2 &&
                Math.min(x1, x2) < box.x + box.width / 2 &&
                Math.max(y1, y2) > box.y - box.height / 2 &&
                Math.min(y1, y2) < box.y + box.height / 2;
              expect(crosses, `${name} over ${nodeId(node)}`).toBe(false);
            }
          }
        }
      }),
    );
  });

  it('knows the steps that are in view', () => {
    fc.assert(
      fc.property(anyNetwork, fc.integer({ min: 1, max: 12 }), (drawn, step) => {
        const layout = layOut(drawn);
        const t = Math.min(step, drawn.T);
        const x = layout.middleOf(t);
        const { from, to } = layout.stepsBetween(x - 5, x + 5);
        expect(from <= t && t <= to && to - from <= 2).toBe(true);
        expect(layout.stepsBetween(0, layout.width)).toEqual({ from: 1, to: drawn.T });
      }),
    );
  });

  it('names each line with its shape, and the output as the module gives it', () => {
    fc.assert(
      fc.property(anyNetwork, fc.boolean(), (drawn, batchFirst) => {
        const rehearsal = { T: drawn.T, B: drawn.B, batchFirst, layout: 'T, B' as const };
        const rows = drawnRows(drawn, layOut(drawn), rehearsal);
        const { output } = rehearse(drawn.model, drawn.sizes, rehearsal);
        for (const row of rows.filter(({ name }) => name === 'output'))
          expect(row.shape).toBe(`(${output.join(', ')})`);
        const layers = drawn.model.numLayers * (drawn.model.bidirectional ? 2 : 1);
        const one = `nn.${cellTitle(drawn.model.cell)}`;
        expect(rows.filter(({ name }) => /^l\d/.test(name) || name.startsWith(one))).toHaveLength(layers);
      }),
    );
  });
});

describe('the colours of the weights', () => {
  it('are one for each tensor of two layers in two directions, a bias beside its weight', () => {
    const deep = model({ numLayers: 2, bidirectional: true, head: 'linear' });
    const colour = tensorColours(deep, sizes);
    const weights = parameterShapes(deep, sizes).filter(({ key }) => key.includes('weight'));
    expect(new Set(weights.map(({ key }) => colour(key))).size).toBe(9);
    expect(colour('rnn.bias_ih_l1')).toContain(colour('rnn.weight_ih_l1'));
  });
});

describe('how the drawing is looked at', () => {
  const extent = fc.record({
    width: fc.integer({ min: 90, max: 4000 }),
    height: fc.integer({ min: 90, max: 3000 }),
  });
  const viewed = fc.record({
    x: fc.integer({ min: -500, max: 5000 }),
    y: fc.integer({ min: -500, max: 5000 }),
    zoom: fc.double({ min: 0.1, max: 5, noNaN: true }),
  });

  it('never moves out of sight', () => {
    fc.assert(
      fc.property(viewed, extent, extent, (view, stage, drawing) => {
        const { x, y, zoom } = clamped(view, stage, drawing);
        expect(zoom >= zooms.least && zoom <= zooms.most).toBe(true);
        for (const [at, seen, whole] of [
          [x, stage.width / zoom, drawing.width],
          [y, stage.height / zoom, drawing.height],
        ] as const) {
          if (whole <= seen) expect(at).toBeCloseTo((whole - seen) / 2, 6);
          else expect(at >= 0 && at + seen <= whole + 1e-6).toBe(true);
        }
      }),
    );
  });
  it('shows all of what fits, and of a long one the whole height', () => {
    const stage = { width: 900, height: 350 };
    expect(fittedZoom(stage, { width: 700, height: 330 })).toBeCloseTo(350 / 330);
    expect(fittedZoom(stage, { width: 6000, height: 330 })).toBeCloseTo(350 / 330);
    expect(fittedZoom({ width: 600, height: 350 }, { width: 700, height: 330 })).toBeCloseTo(600 / 700);
    expect(fittedZoom(stage, { width: 700, height: 3000 })).toBe(0.75);
  });
  it('grows about the place that is pointed at', () => {
    const stage = { width: 400, height: 300 };
    const drawing = { width: 4000, height: 3000 };
    const view = { x: 1000, y: 800, zoom: 1 };
    const next = zoomedAt(view, 1.5, { x: 100, y: 200 }, stage, drawing);
    expect(next.x + 100 / next.zoom).toBeCloseTo(1100);
    expect(next.y + 200 / next.zoom).toBeCloseTo(1000);
  });
});
