/**
 * `npm run build:kernels`: compiles engine/kernels/wasm/*.ts to one WebAssembly module and writes it as text that
 * source and bundles import alike. The text is committed, so that running from source needs no build; a test holds it
 * against a fresh one.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

const root = import.meta.dirname;
export const generatedPath = join(root, 'engine/kernels/wasm-module.generated.ts');

/** Their exports are the module's. */
const entries = ['training', 'serve', 'checks'].map((name) => `engine/kernels/wasm/${name}.ts`);

const options = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--disableWarning', '201'],
  ...['--enable', 'relaxed-simd', '--enable', 'threads'],
  // The host makes the memory, of the size that it has planned; the module's constants come first in it.
  ...[
    '--importMemory',
    '--sharedMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
    '--memoryBase',
    '64',
  ],
];

/** The text of the generated file. */
export async function compileKernels(): Promise<string> {
  let binary: Uint8Array = new Uint8Array();
  const { error, stderr } = await main(
    [...entries, ...options, '--outFile', 'module.wasm', '--baseDir', root],
    {
      writeFile: (name, contents) => {
        if (name === 'module.wasm') binary = contents as Uint8Array;
      },
    },
  );
  if (error) throw new Error(`the kernels do not compile: ${error.message}\n${stderr.toString()}`);
  return [
    '/** Made by `npm run build:kernels` from engine/kernels/wasm/*.ts. */',
    `export const wasmModule = '${Buffer.from(binary).toString('base64')}';\n`,
  ].join('\n');
}

if (import.meta.main) writeFileSync(generatedPath, await compileKernels());
