/**
 * The complete Python that loads an exported weights file into PyTorch: module, load_state_dict and a first
 * prediction.
 */
import { splitTokens } from '../data/tokens.ts';
import type { SequenceExperiment } from '../model/experiment.ts';
import type { WeightsFormat } from './exports.ts';
import { pytorchModule } from './pytorch-module.ts';

/** Most tokens of the example input; a longer one would hide the rest of the code. */
const mostTokens = 40;

/**
 * The Python code; null where PyTorch has no such cell. `fileName` is the weights file's path as Python finds it.
 */
export function loadSnippet(
  { dataset, model }: SequenceExperiment,
  fileName: string,
  format: WeightsFormat = 'weights-json',
): string | null {
  const sizes = { inputSize: dataset.vocabulary.length, outputSize: dataset.targetVocabulary.length };
  const tokens = exampleTokens(dataset);
  const module = pytorchModule(model, sizes, dataset.task, {
    T: Math.max(1, tokens.length),
    B: 1,
    batchFirst: false,
    layout: 'T, B',
  });
  if (module === null) return null;
  const reader = readers[format];
  const lines = [
    'import json',
    '',
    ...reader.imports,
    'import torch',
    module.replace(/^import torch\n/, '').trimEnd(),
    '',
    '',
    ...reader.load(fileName, model.call === 'cell'),
    'model.eval()',
  ];
  if (tokens.length > 0) lines.push('', ...answer(tokens, model.embedding === null, dataset));
  return `${lines.join('\n')}\n`;
}

/** nn.RNNCell's keys are those of nn.RNN's first layer, without `_l0`. */
const keyOf = (isCell: boolean) => (isCell ? 'key.removesuffix("_l0")' : 'key');

function fromJson(fileName: string, isCell: boolean): string[] {
  return [
    `with open(${pythonString(fileName)}, encoding="utf-8") as file:`,
    '    saved = json.load(file)',
    '',
    'model = Model()',
    'model.load_state_dict({',
    `    ${keyOf(isCell)}: torch.tensor(tensor["data"]).reshape(tensor["shape"])`,
    '    for key, tensor in saved["weights"].items()',
    '})',
  ];
}

function fromSafetensors(fileName: string, isCell: boolean): string[] {
  return [
    `with safe_open(${pythonString(fileName)}, framework="pt") as file:`,
    '    saved = json.loads(file.metadata()["ohlol"])',
    `    state = {${keyOf(isCell)}: file.get_tensor(key) for key in file.keys()}`,
    '',
    'model = Model()',
    'model.load_state_dict(state)',
  ];
}

/**
 * How Python reads each format: the imports beside json and torch, and the lines that leave `model` with its
 * weights.
 */
const readers: Record<
  WeightsFormat,
  { imports: string[]; load: (fileName: string, isCell: boolean) => string[] }
> = {
  'weights-json': { imports: [], load: fromJson },
  safetensors: { imports: ['from safetensors import safe_open', ''], load: fromSafetensors },
};

function exampleTokens(dataset: SequenceExperiment['dataset']): string[] {
  const text = dataset.samples[0]?.input ?? dataset.text?.slice(0, mostTokens * 8) ?? '';
  return splitTokens(text, dataset.tokens).slice(0, mostTokens);
}

/** Lines that print the model's prediction for an input, the same that the lab shows. */
function answer(
  tokens: string[],
  oneHot: boolean,
  { tokens: unit, unknown }: SequenceExperiment['dataset'],
): string[] {
  const spaces = unit === 'spaces';
  const single = tokens.every((token) => [...token].length === 1);
  const list = single ? `list(${pythonString(tokens.join(''))})` : `[${tokens.map(pythonString).join(', ')}]`;
  const index = unknown === '<unk>' ? 'index.get(token, index["<unk>"])' : 'saved["vocabulary"].index(token)';
  const places =
    unknown === '<unk>' ? ['index = {token: i for i, token in enumerate(saved["vocabulary"])}'] : [];
  const indices = `torch.tensor([${index} for token in tokens])`;
  return [
    `tokens = ${list}`,
    ...places,
    `indices = ${indices}.unsqueeze(1)`,
    oneHot ? 'x = torch.nn.functional.one_hot(indices, len(saved["vocabulary"])).float()' : 'x = indices',
    'predicted = model(x).argmax(-1).flatten()',
    `print(${spaces ? '" "' : '""'}.join(saved["targetVocabulary"][i] for i in predicted))`,
  ];
}

/** JSON's escapes are valid in Python, too; JSON.stringify leaves astral characters unescaped. */
function pythonString(text: string): string {
  return JSON.stringify(text);
}
