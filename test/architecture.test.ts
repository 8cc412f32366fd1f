/**
 * The rules of docs/architecture.md that a machine can check: which file may import which, and how files
 * are kept.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

interface ImportOf {
  /** The importing file, relative to the root, with forward slashes. */
  from: string;
  /** The imported file, relative to the root, or a package's name, or `node:fs`. */
  to: string;
  typeOnly: boolean;
}

const files = ['engine', 'main', 'renderer', 'test'].flatMap((folder) => sourceFiles(folder));
const imports = files.flatMap(importsOf);

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ['.ts', '.svelte', '.mjs', '.css'].includes(extname(entry.name)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

function scriptOf(file: string): string {
  const text = readFileSync(join(root, file), 'utf8');
  if (!file.endsWith('.svelte')) return text;
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n');
}

function importsOf(file: string): ImportOf[] {
  if (file.endsWith('.css')) return [];
  const found: ImportOf[] = [];
  const note = (specifier: string, typeOnly: boolean) => {
    const to = specifier.startsWith('.')
      ? relative(root, resolve(root, dirname(file), specifier)).replaceAll('\\', '/')
      : specifier;
    found.push({ from: file, to, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      note(node.moduleSpecifier.text, isTypeOnly(node.importClause));
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      note(node.moduleSpecifier.text, node.isTypeOnly);
    } else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      node.arguments[0] &&
      ts.isStringLiteral(node.arguments[0])
    ) {
      note(node.arguments[0].text, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, scriptOf(file), ts.ScriptTarget.Latest, true));
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = clause.namedBindings;
  return (
    !clause.name &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every((element) => element.isTypeOnly)
  );
}

const inFolder = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
const under =
  (...folders: string[]) =>
  (path: string) =>
    folders.some((folder) => inFolder(path, folder));
const ours = under('engine', 'main', 'renderer', 'test');

/** The imports that break a rule, as `from → to`; empty where the rule is kept. */
function offences(applies: (from: string) => boolean, allows: (edge: ImportOf) => boolean): string[] {
  return imports
    .filter((edge) => applies(edge.from) && !allows(edge))
    .map((edge) => `${edge.from} → ${edge.to}${edge.typeOnly ? ' (type)' : ''}`);
}

/**
 * Groups of files that import each other in a circle (Tarjan's strongly connected components), as sorted
 * lists.
 */
function circles(edges: readonly ImportOf[] = imports): string[][] {
  const targets = Map.groupBy(edges, ({ from }) => from);
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    lowest.set(file, index.get(file)!);
    stack.push(file);
    for (const { to } of targets.get(file) ?? []) {
      if (!index.has(to)) visit(to);
      else if (!stack.includes(to)) continue;
      lowest.set(file, Math.min(lowest.get(file)!, lowest.get(to)!));
    }
    if (lowest.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    const importsItself = targets.get(file)?.some(({ to }) => to === file) ?? false;
    if (group.length > 1 || importsItself) found.push(group.sort());
  };
  for (const file of targets.keys()) if (!index.has(file)) visit(file);
  return found;
}

/** Pure parts of the engine that may be used outside its process, to draw or to check at once. */
const pureEngine = under(
  'engine/errors.ts',
  'engine/model/spec.ts',
  'engine/model/experiment.ts',
  'engine/model/check-weights.ts',
  'engine/model/rehearsal.ts',
  'engine/model/least-loss.ts',
  'engine/version.ts',
  'engine/data',
  'engine/formats',
  'engine/templates',
);

/** The contracts between processes; only their types may be imported. */
const contracts = [
  'engine/api.ts',
  'engine/questions.ts',
  'main/api.ts',
  'main/curves-api.ts',
  'main/inspect-api.ts',
];

describe('who may import whom', () => {
  it('finds a circle where there is one', () => {
    const edge = (from: string, to: string) => ({ from, to, typeOnly: true });
    expect(circles([edge('a', 'b'), edge('b', 'c'), edge('c', 'b'), edge('c', 'd')])).toEqual([['b', 'c']]);
    expect(circles([edge('a', 'a')])).toEqual([['a']]);
    expect(circles([edge('a', 'b'), edge('a', 'c'), edge('b', 'c')])).toEqual([]);
  });

  it('reads the imports that the rules are about', () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  /** Pure libraries that the engine's formats may use: tables as text, and gzip. */
  const librariesOfFormats = new Set(['papaparse', 'fflate']);

  it('engine imports only engine; its formats also the libraries that are listed here', () => {
    const allowed = (edge: ImportOf) =>
      inFolder(edge.to, 'engine') ||
      (edge.from === 'engine/version.ts' && edge.to === 'package.json') ||
      (librariesOfFormats.has(edge.to) && inFolder(edge.from, 'engine/formats'));
    expect(offences(under('engine'), allowed)).toEqual([]);
  });

  const mayKnow: Record<string, string[]> = {
    'engine/tensor': ['engine/tensor', 'engine/errors.ts'],
    'engine/kernels': ['engine/kernels', 'engine/tensor', 'engine/errors.ts'],
    'engine/layers': ['engine/layers', 'engine/kernels', 'engine/tensor', 'engine/errors.ts'],
    'engine/model': ['engine/model', 'engine/layers', 'engine/kernels', 'engine/tensor', 'engine/errors.ts'],
    'engine/data': [
      'engine/data',
      'engine/tensor',
      'engine/model/spec.ts',
      'engine/model/experiment.ts',
      'engine/model/check-weights.ts',
      'engine/errors.ts',
    ],
    'engine/formats': [
      'engine/formats',
      'engine/data',
      'engine/tensor',
      'engine/model/spec.ts',
      'engine/model/experiment.ts',
      'engine/model/check-weights.ts',
      'engine/model/rehearsal.ts',
      'engine/errors.ts',
    ],
    'engine/training': [
      'engine/training',
      'engine/data',
      'engine/model',
      'engine/layers',
      'engine/kernels',
      'engine/tensor',
      'engine/errors.ts',
    ],
    'engine/serving': [
      'engine/serving',
      'engine/inspect',
      'engine/training',
      'engine/formats',
      'engine/data/run-place.ts',
      'engine/model/experiment.ts',
      'engine/kernels/backend.ts',
      'engine/errors.ts',
      'engine/version.ts',
    ],
    'engine/inspect': [
      'engine/inspect',
      'engine/data',
      'engine/model',
      'engine/layers',
      'engine/kernels',
      'engine/tensor',
      'engine/errors.ts',
    ],
  };
  for (const [folder, known] of Object.entries(mayKnow)) {
    it(`${folder} looks only towards the kernels`, () => {
      const allowed = (edge: ImportOf) =>
        under(...known)(edge.to) ||
        (!ours(edge.to) && librariesOfFormats.has(edge.to)) ||
        (edge.typeOnly && contracts.includes(edge.to));
      expect(offences(under(folder), allowed)).toEqual([]);
    });
  }

  it('the window takes types from the contracts and values only from the pure parts of the engine', () => {
    const packages = new Set([
      'svelte',
      'bits-ui',
      'echarts',
      'virtua',
      'i18next',
      'birpc',
      '@lucide/svelte',
      '@codemirror/commands',
      '@codemirror/state',
      '@codemirror/view',
    ]);
    const nameOf = (to: string) =>
      to
        .split('/')
        .slice(0, to.startsWith('@') ? 2 : 1)
        .join('/');
    const allowed = (edge: ImportOf) =>
      inFolder(edge.to, 'renderer') ||
      pureEngine(edge.to) ||
      (edge.typeOnly && contracts.includes(edge.to)) ||
      // Both ends of the connection share the format of its messages.
      edge.to === 'main/window-message.ts' ||
      (!ours(edge.to) && packages.has(nameOf(edge.to)));
    expect(offences(under('renderer'), allowed)).toEqual([]);
  });

  const layersOfTheWindow: Record<string, string[]> = {
    'renderer/text': ['renderer/text'],
    'renderer/components': ['renderer/components', 'renderer/text'],
    'renderer/charts': ['renderer/charts', 'renderer/components', 'renderer/text'],
    'renderer/state': [
      'renderer/state',
      'renderer/charts',
      'renderer/components',
      'renderer/text',
      'renderer/lab.ts',
    ],
    'renderer/commands': ['renderer/commands', 'renderer/state', 'renderer/components', 'renderer/text'],
  };
  for (const [folder, known] of Object.entries(layersOfTheWindow)) {
    it(`${folder} knows nothing that is drawn with it`, () => {
      const allowed = (edge: ImportOf) => !inFolder(edge.to, 'renderer') || under(...known)(edge.to);
      expect(offences(under(folder), allowed)).toEqual([]);
    });
  }

  it('no screen imports another', () => {
    const screenOf = (file: string) => /^renderer\/screens\/([^/]+)\//.exec(file)?.[1] ?? null;
    const allowed = (edge: ImportOf) => {
      const [from, to] = [screenOf(edge.from), screenOf(edge.to)];
      // The folders settings and runs hold what several screens show.
      return from === null || to === null || from === to || to === 'settings' || to === 'runs';
    };
    expect(offences(under('renderer/screens'), allowed)).toEqual([]);
  });

  it('the charts alone import echarts', () => {
    const others = (from: string) => inFolder(from, 'renderer') && !inFolder(from, 'renderer/charts');
    expect(offences(others, (edge) => !/^echarts(\/|$)/.test(edge.to))).toEqual([]);
  });

  it('the field of a text alone imports its editor', () => {
    const others = (from: string) =>
      inFolder(from, 'renderer') && !inFolder(from, 'renderer/screens/data/text/editor');
    expect(offences(others, (edge) => !edge.to.startsWith('@codemirror/'))).toEqual([]);
  });

  it('no files import each other in a circle, types included', () => {
    expect(circles()).toEqual([]);
  });

  it('the window reads typed numbers in one way: number-text.ts', () => {
    const others =
      /parseFloat\(|parseInt\(|\.map\(Number\)|type="number"|\bNumber\([^()]*\b(text|typed|input\.value)\b/;
    const reading = files.filter(
      (file) =>
        inFolder(file, 'renderer') && !file.endsWith('/number-text.ts') && /\.(ts|svelte)$/.test(file),
    );
    const found = reading.filter((file) => others.test(readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual([]);
  });

  it('main runs engine code only in the engine process and the command line', () => {
    const runsEngine = under(
      'main/engine-process/engine-process.ts',
      'main/engine-process/kernel-backend.ts',
      'main/cli',
    );
    const allowed = (edge: ImportOf) =>
      !inFolder(edge.to, 'engine') || edge.typeOnly || pureEngine(edge.to) || runsEngine(edge.from);
    expect(offences(under('main'), allowed)).toEqual([]);
  });

  it('main never imports the window', () => {
    expect(offences(under('main', 'engine'), (edge) => !inFolder(edge.to, 'renderer'))).toEqual([]);
  });

  it('only main/electron imports electron', () => {
    const others = (from: string) => !inFolder(from, 'main/electron') && !inFolder(from, 'test');
    expect(offences(others, (edge) => edge.to !== 'electron' && !edge.to.startsWith('electron/'))).toEqual(
      [],
    );
  });

  it('the lab and the project file know no host', () => {
    const allowed = (edge: ImportOf) =>
      !under('main/electron', 'main/browser', 'main/cli', 'main/start.ts')(edge.to);
    expect(offences(under('main/lab', 'main/project', 'main/engine-process'), allowed)).toEqual([]);
  });

  it('the contracts are types only', () => {
    for (const contract of contracts) {
      const emitted = ts.transpileModule(scriptOf(contract), {
        compilerOptions: {
          module: ts.ModuleKind.ESNext,
          target: ts.ScriptTarget.ES2024,
          removeComments: true,
        },
      }).outputText;
      expect(emitted.replace(/export \{\s*\};?/g, '').trim(), contract).toBe('');
    }
  });
});

describe('how tests wait', () => {
  /** The shortest wait that is safe on a busy machine, in ms. */
  const least = 20_000;
  const waits = files
    .filter((file) => inFolder(file, 'test') && file.endsWith('.ts'))
    .flatMap((file) => waitsIn(file).map((found) => ({ file, ...found })));

  /** The calls in a test file that wait, with the expression that says for how long. */
  function waitsIn(file: string): { call: string; says: string }[] {
    const source = ts.createSourceFile(file, scriptOf(file), ts.ScriptTarget.Latest, true);
    const found: { call: string; says: string }[] = [];
    const visit = (node: ts.Node): void => {
      if (
        ts.isCallExpression(node) &&
        /^(vi\.wait(For|Until)|expect\.poll)$/.test(node.expression.getText())
      ) {
        found.push({ call: node.expression.getText(), says: node.arguments[1]?.getText() ?? '' });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  }

  it('for no default of a second: with patience, or longer than a busy machine needs', () => {
    expect(waits.length).toBeGreaterThan(20);
    const isLong = (says: string) => {
      if (/^\w+$/.test(says)) return true;
      const timeout = /timeout: ([\d_]+)/.exec(says)?.[1]?.replaceAll('_', '');
      return timeout !== undefined && Number(timeout) >= least;
    };
    expect(waits.filter(({ says }) => !isLong(says))).toEqual([]);
  });

  it('and the runners’ own limits, and those of single tests and looks, are no shorter', () => {
    const limits = ['vitest.config.ts', ...files.filter((file) => /\.(test|spec|config)\.ts$/.test(file))];
    const short = limits.flatMap((file) =>
      [...scriptOf(file).matchAll(/(?:[tT]imeout: |^ {0,4}\}, )(\d[\d_]*)(?=[\s,)}])/gm)]
        .filter(([, ms]) => Number(ms!.replaceAll('_', '')) < least)
        .map(([words]) => `${file}: ${words.trim()}`),
    );
    expect(short).toEqual([]);
  });
});

describe('how files are kept', () => {
  const lengths = files.map((file) => ({
    file,
    lines: readFileSync(join(root, file), 'utf8').split('\n').length,
  }));

  it('no file written by hand is over 500 lines', () => {
    expect(lengths.filter(({ lines }) => lines > 500)).toEqual([]);
  });

  it('almost all files are under 350 lines, half of them under 130', () => {
    const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.97)]).toBeLessThan(350);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(130);
  });

  it('nothing is called utils, helpers or misc', () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|misc|common)(\/|\.)/.test(file))).toEqual([]);
  });

  it('no file only passes on what others export', () => {
    const barrels = files
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => {
        const { statements } = ts.createSourceFile(file, scriptOf(file), ts.ScriptTarget.Latest);
        return (
          statements.length > 0 &&
          statements.every((node) => ts.isExportDeclaration(node) && node.moduleSpecifier)
        );
      });
    expect(barrels).toEqual([]);
  });
});
