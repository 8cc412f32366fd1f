import { describe, expect, it } from 'vitest';
import { pytorchModule } from '../../../engine/formats/pytorch-module.ts';
import { pytorchShapesProgram } from '../../../engine/formats/pytorch-shapes.ts';
import type { Rehearsal } from '../../../engine/model/rehearsal.ts';
import { type DataSizes, defaultModel, type ModelSpec } from '../../../engine/model/spec.ts';

const sizes: DataSizes = { inputSize: 4, outputSize: 4 };
const model = (patch: Partial<ModelSpec> = {}): ModelSpec => ({ ...defaultModel(), ...patch });
const natural: Rehearsal = { T: 5, B: 1, batchFirst: false, layout: 'T, B' };

describe('the PyTorch module', () => {
  const code = (patch: Partial<ModelSpec>, task: 'mapping' | 'label' = 'mapping', rehearsal = natural) =>
    pytorchModule(model(patch), sizes, task, rehearsal)!;

  it('is the tutorial’s', () => {
    expect(code({})).toBe(
      [
        'from torch import nn',
        '',
        'class Model(nn.Module):',
        '    def __init__(self):',
        '        super().__init__()',
        '        self.rnn = nn.RNN(4, 4, num_layers=1, nonlinearity="tanh")',
        '',
        '    def forward(self, x, h0=None):     # x  (5, 1, 4)',
        '        output, h_n = self.rnn(x, h0)  # (5, 1, 4), (1, 1, 4)',
        '        return output                  # logits: head is none',
        '',
      ].join('\n'),
    );
  });
  it('is the loop of program 3 where the model is called as a cell', () => {
    expect(code({ call: 'cell' })).toBe(
      [
        'import torch',
        'from torch import nn',
        '',
        'class Model(nn.Module):',
        '    def __init__(self):',
        '        super().__init__()',
        '        self.rnn = nn.RNNCell(4, 4, nonlinearity="tanh")',
        '',
        '    def forward(self, x, h=None):      # x  (5, 1, 4)',
        '        outputs = []',
        '        for x_t in x:                  # (1, 4)',
        '            h = self.rnn(x_t, h)       # (1, 4)',
        '            outputs.append(h)',
        '        output = torch.stack(outputs)  # (5, 1, 4)',
        '        return output                  # logits: head is none',
        '',
      ].join('\n'),
    );
    const lstm = code(
      { call: 'cell', cell: 'lstm', head: 'linear', bias: false, initialState: 'learned' },
      'label',
      { ...natural, batchFirst: true },
    );
    expect(lstm).toContain('self.rnn = nn.LSTMCell(4, 4, bias=False)');
    expect(lstm).toContain('state = (h, self.c0.repeat(x.size(0), 1))');
    expect(lstm).toContain('for x_t in x.unbind(1):');
    expect(lstm).toContain('return self.head(outputs[-1])');
  });
  it('makes its members in the order in which weights are drawn', () => {
    const text = code({ cell: 'lstm', embedding: 3, head: 'linear', initialState: 'learned', hiddenSize: 6 });
    const members = [...text.matchAll(/self\.(\w+) = nn\./g)].map((match) => match[1]);
    expect(members).toEqual(['h0', 'c0', 'embedding', 'rnn', 'head']);
    expect(text).toContain('nn.Embedding(4, 3)');
    expect(text).toContain('nn.LSTM(3, 6, num_layers=1)');
    expect(text).toContain('state = (h0, c0)');
  });
  it('says every setting that is not PyTorch’s default', () => {
    const text = code(
      { cell: 'gru', numLayers: 2, bias: false, dropout: 0.25, bidirectional: true, head: 'linear' },
      'mapping',
      { ...natural, batchFirst: true },
    );
    expect(text).toContain(
      'nn.GRU(4, 4, num_layers=2, bias=False, batch_first=True, dropout=0.25, bidirectional=True)',
    );
    expect(text).toContain('nn.Linear(8, 4)');
    expect(text).not.toContain('nonlinearity');
  });
  it('takes a label from the last state of both directions', () => {
    expect(code({ head: 'linear', bidirectional: true }, 'label')).toContain(
      'torch.cat([h_n[-2], h_n[-1]], dim=1)',
    );
    expect(code({ head: 'linear' }, 'label')).toContain('last = h_n[-1]');
  });
  it('holds a given h0 as floats, outside the state dict', () => {
    expect(code({ initialState: { values: [[1, -0.5, 0, 2]] } })).toContain(
      'self.register_buffer("h0", torch.tensor([[1., -0.5, 0., 2.]]), persistent=False)',
    );
  });
  it('writes the tutorial’s first two programs', () => {
    const shapes = { inputSize: 4, sequenceLength: 3, batchSize: 1, call: 'cell' as const };
    const first = pytorchShapesProgram(model({ hiddenSize: 2 }), shapes, 0)!;
    expect(first).toContain('torch.nn.RNNCell(4, 2)');
    expect(first).toContain('torch.randn(3, 1, 4)');
    const second = pytorchShapesProgram(
      model({ hiddenSize: 2, cell: 'lstm' }),
      { ...shapes, call: 'sequence' },
      7,
    )!;
    expect(second).toContain('torch.manual_seed(7)');
    expect(second).toContain('hidden = (torch.zeros(1, 1, 2), torch.zeros(1, 1, 2))');
  });
});
