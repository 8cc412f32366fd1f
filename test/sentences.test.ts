/**
 * What holds for every message that engine and main produce, read from their sources: it has a subject and
 * none of the words of errno, SQLite, Node or V8, which belong in the log and in a problem's details.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

function sourcesUnder(folder: string): ts.SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ts$/.test(name) && !/\.(generated|d)\.ts$/.test(name))
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .map((path) =>
      ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true),
    );
}

const sources = ['engine', 'main'].flatMap(sourcesUnder);

/** The functions that make a problem or a refusal, with the index of the message among their arguments. */
const makers: Record<string, number> = {
  problem: 2,
  projectProblem: 2,
  refused: 2,
  refuse: 1,
  damaged: 1,
};

interface Sentence {
  place: string;
  code: string;
  /** Interpolated values are written as `…`. */
  text: string;
  filledIn: string[];
}

function textOf(node: ts.Expression): { text: string; filledIn: string[] } | null {
  if (ts.isStringLiteralLike(node)) return { text: node.text, filledIn: [] };
  if (ts.isTemplateExpression(node)) {
    const filledIn = node.templateSpans.map(({ expression }) => expression.getText());
    return {
      text: node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join(''),
      filledIn,
    };
  }
  if (ts.isBinaryExpression(node)) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left && right && { text: left.text + right.text, filledIn: [...left.filledIn, ...right.filledIn] };
  }
  return null;
}

/** The nearest `const NAME = …` above a use. */
function definitionOf(name: ts.Identifier): ts.Expression | null {
  let found: ts.Expression | null = null;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name.text && node.pos < name.pos) {
      found = node.initializer ?? null;
    }
    ts.forEachChild(node, visit);
  };
  visit(name.getSourceFile());
  return found;
}

const sentences = sources.flatMap((source) => {
  const found: Sentence[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && Object.hasOwn(makers, node.expression.getText())) {
      const given = node.arguments[makers[node.expression.getText()]!];
      const sentence = given && ts.isIdentifier(given) ? definitionOf(given) : given;
      const text = sentence && textOf(sentence);
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const code = node.arguments[0]!;
      // What a page answers to a browser is not the message of a problem.
      if (text && code.getText() !== 'response') {
        const named = ts.isStringLiteralLike(code) ? code.text : code.getText();
        found.push({ place: `${source.fileName}:${line}`, code: named, ...text });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
});

/** An error's own words, or the system's code for it. */
const ownWords =
  /\b(error|thrown|failed|another|exception)\b\??\.(message|stack|code|name)\b|String\((error|thrown|cause)\)|\b(errno|system|syscall|engineMessage|stack)\b|^\(?code\)?$/;

describe('sentences of engine and main', () => {
  it('are found where they are made', () => {
    expect(sentences.length).toBeGreaterThan(150);
  });

  it('hold no words of an error of the system, of SQLite, of Node or of V8', () => {
    const raw = sentences.filter(({ filledIn }) => filledIn.some((expression) => ownWords.test(expression)));
    expect(raw).toEqual([]);
  });

  it('begin with a subject: a place, a file, a thing', () => {
    const bare = sentences.filter(({ text }) =>
      /^(is|are|was|has|have|had|must|may|can|cannot|could|should|needs?|lacks?|holds?|not|no longer|too|invalid|missing|unknown|expected|failed)\b/i.test(
        text,
      ),
    );
    expect(bare).toEqual([]);
  });

  it('are one sentence each, plain, without a stop at their end', () => {
    const many = sentences.filter(
      ({ text, code }) => code !== 'diverged' && /[.!\n]$|[.!?] [A-Z]|\n/.test(text),
    );
    expect(many).toEqual([]);
  });
});
