/**
 * `npm test`: everything that must be true of a commit, on any machine with Node and npm. It finds or installs the
 * browser it needs, says plainly what it skipped and why, and closes with one line of counts.
 *
 *   npm test            all steps
 *   npm test -- unit    only the named steps
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideBrowser } from './browser.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: string[];
}

interface Step {
  name: string;
  run(): Counts;
}

const reports = mkdtempSync(join(tmpdir(), 'ohlol-test-'));
const localTools = join(import.meta.dirname, '..', 'node_modules', '.bin');
const separator = process.platform === 'win32' ? ';' : ':';
const searchPath = `${localTools}${separator}${process.env.PATH ?? ''}`;

/** Runs a tool of this project with our own output; true: it exited with 0. */
function runTool(tool: string, args: string[], env: NodeJS.ProcessEnv = {}): boolean {
  const { status } = spawnSync(tool, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...env, PATH: searchPath },
  });
  return status === 0;
}

/** A step that reports no counts is one check. */
function oneCheck(ok: boolean): Counts {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [] };
}

function runUnit(project: string): Counts {
  const file = join(reports, `${project}.json`);
  const ok = runTool('vitest', [
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  const skipped = report.testResults
    .flatMap((suite) => suite.assertionResults)
    .filter((test) => test.status === 'pending' || test.status === 'skipped')
    .map((test) => test.fullName);
  // A suite that cannot be loaded fails the run without a failed test.
  const failed = Math.max(report.numFailedTests, ok ? 0 : 1);
  return { passed: report.numPassedTests, failed, skipped };
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}

function runEndToEnd(): Counts {
  const browser = provideBrowser();
  if (browser.kind === 'none') {
    console.error(`No browser: ${browser.reason}`);
    return { passed: 0, failed: 1, skipped: [] };
  }
  console.log(`Browser: ${browser.path}`);
  const file = join(reports, 'e2e.json');
  const ok = runTool('playwright', ['test', '--config', 'test/e2e/playwright.config.ts'], {
    OHLOL_BROWSER: browser.path,
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  });
  const report = JSON.parse(readFileSync(file, 'utf8')) as PlaywrightReport;
  const failed = Math.max(report.stats.unexpected, ok ? 0 : 1);
  return {
    passed: report.stats.expected + report.stats.flaky,
    failed,
    skipped: report.suites.flatMap(skippedSpecs),
  };
}

interface PlaywrightSuite {
  specs: {
    title: string;
    tests: { status: string; annotations: { type: string; description?: string }[] }[];
  }[];
  suites?: PlaywrightSuite[];
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number };
  suites: PlaywrightSuite[];
}

function skippedSpecs(suite: PlaywrightSuite): string[] {
  const own = suite.specs.flatMap((spec) =>
    spec.tests
      .filter((test) => test.status === 'skipped')
      .map((test) => {
        const reason = test.annotations.find((annotation) => annotation.type === 'skip')?.description;
        return reason ? `${spec.title}: ${reason}` : spec.title;
      }),
  );
  return [...own, ...(suite.suites ?? []).flatMap(skippedSpecs)];
}

const steps: Step[] = [
  { name: 'lint', run: () => oneCheck(runTool('biome', ['ci', '.'])) },
  { name: 'types', run: () => oneCheck(runTool('tsc', ['-p', 'tsconfig.json'])) },
  {
    name: 'window-types',
    run: () =>
      oneCheck(runTool('svelte-check', ['--tsconfig', 'tsconfig.renderer.json', '--fail-on-warnings'])),
  },
  { name: 'unit', run: () => runUnit('unit') },
  { name: 'build', run: () => oneCheck(runTool('npm', ['run', 'build', '--silent'])) },
  { name: 'package', run: () => runUnit('package') },
  { name: 'e2e', run: runEndToEnd },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `No such step: ${unknown.join(', ')}. The steps are ${steps.map((step) => step.name).join(', ')}.`,
  );
  process.exit(2);
}

const total: Counts = { passed: 0, failed: 0, skipped: [] };
for (const step of steps) {
  if (wanted.length > 0 && !wanted.includes(step.name)) continue;
  console.log(`\n── ${step.name} ──`);
  const counts = step.run();
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped.push(...counts.skipped);
  if (counts.failed > 0) console.error(`${step.name}: failed`);
}
rmSync(reports, { recursive: true, force: true });

if (total.skipped.length > 0)
  console.log(`\nSkipped:\n${total.skipped.map((line) => `  ${line}`).join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
