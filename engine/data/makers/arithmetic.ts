import { failure, problem, type Result, success } from '../../errors.ts';
import type { Sample, SequenceDataset } from '../../model/experiment.ts';
import { createGenerator } from '../../tensor/random.ts';
import { checkRange } from '../ranges.ts';
import { checkAmount, checkDistinct, checkTotal, randint } from './draw.ts';

export type Operation = '+' | '-' | '*';

export interface Arithmetic {
  operations: readonly Operation[];
  /** Most digits of each operand, 1 to 6. */
  digits: number;
  task: SequenceDataset['task'];
  count: number;
  seed: number;
}

/** Fills the steps at which nothing is asked or answered. */
const blank = '.';
const mostDigits = 6;

/**
 * Makes `count` problems. After torch.manual_seed(seed), each draws an operation by torch.randint(0, operations),
 * then two operands by torch.randint(0, 10^digits); a subtraction puts the larger one first. The form depends on the
 * task:
 *
 * - `mapping`: `12+7=...` → `.....19.`, with room for the longest answer that the operation can have;
 * - `label`: `12+7=` → `19`, one token of the target vocabulary;
 * - `language-model`: `12+7=19.`.
 */
export function makeArithmetic({ operations, digits, task, count, seed }: Arithmetic): Result<Sample[]> {
  const problems = [
    ...checkDistinct(operations, 'operations'),
    ...checkRange(digits, 'digits', { whole: true, atLeast: 1, atMost: mostDigits }),
    ...checkAmount({ count, seed }),
  ];
  if (operations.length === 0) {
    problems.push(problem('empty-alphabet', 'operations', 'operations has none; it needs at least 1'));
  }
  if (problems.length > 0) return failure(...problems);
  const total = checkTotal(count, 4 * digits + 2);
  if (total.length > 0) return failure(...total);

  const random = createGenerator(seed);
  const samples = Array.from({ length: count }, () => {
    const operation = operations[randint(random, 0, operations.length)]!;
    const first = randint(random, 0, 10 ** digits);
    const second = randint(random, 0, 10 ** digits);
    const [a, b] = operation === '-' && second > first ? [second, first] : [first, second];
    const question = `${a}${operation}${b}=`;
    return asSample(question, String(answerOf(a, b, operation)), answerWidth(operation, digits), task);
  });
  return success(samples);
}

function answerOf(a: number, b: number, operation: Operation): number {
  switch (operation) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
  }
}

/** Digits of the longest answer of an operation. */
function answerWidth(operation: Operation, digits: number): number {
  switch (operation) {
    case '+':
      return digits + 1;
    case '-':
      return digits;
    case '*':
      return 2 * digits;
  }
}

function asSample(question: string, answer: string, width: number, task: Arithmetic['task']): Sample {
  switch (task) {
    case 'mapping':
      return {
        input: question + blank.repeat(width),
        target: blank.repeat(question.length) + answer.padEnd(width, blank),
      };
    case 'label':
      return { input: question, target: answer };
    case 'language-model':
      return { input: question + answer + blank };
  }
}
