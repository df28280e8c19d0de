// Builds dist/. With --check: builds aside and says which committed files differ.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const CORE_GZIP_BYTES_MAX = 6 * 1024;
const here = fileURLToPath(new URL('.', import.meta.url));
const check = process.argv.includes('--check');
const out = check ? mkdtempSync(join(tmpdir(), 'pulsegate-sdk-')) : join(here, 'dist');

const outputs = [
  ['src/index.ts', 'pulsegate.js', 'esm'],
  ['src/vitals.ts', 'vitals.js', 'esm'],
  ['src/tag-core.ts', 'pulsegate.iife.js', 'iife'],
  ['src/tag-vitals.ts', 'pulsegate-vitals.iife.js', 'iife'],
];
const banner = {
  js: '/*! PulseGate browser SDK, Apache-2.0; vitals contain web-vitals, Apache-2.0, Google LLC */',
};

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

if (!check) {
  rmSync(out, { recursive: true, force: true });
}
for (const [entry, file, format] of outputs) {
  await build({
    absWorkingDir: here,
    entryPoints: [entry],
    outfile: join(out, file),
    bundle: true,
    minify: true,
    format,
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    banner,
  });
}
execFileSync(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '--project', here, '--outDir', join(out, 'types')], {
  stdio: 'inherit',
});

// The published types, as both kinds of applications resolve them.
for (const [module, resolution] of [['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
  execFileSync(
    process.execPath,
    [join(here, 'node_modules/typescript/bin/tsc'), '--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022,dom',
      '--module', module, '--moduleResolution', resolution, join(here, 'consumer/consumer.ts')],
    { stdio: 'inherit', cwd: here },
  );
}

for (const file of ['pulsegate.js', 'pulsegate.iife.js']) {
  const bytes = gzipSync(readFileSync(join(out, file)), { level: 9 }).length;
  console.log(`${file}: ${bytes} bytes gzipped`);
  if (bytes > CORE_GZIP_BYTES_MAX) {
    console.error(`${file} must be at most ${CORE_GZIP_BYTES_MAX} bytes gzipped`);
    process.exitCode = 1;
  }
}

if (check) {
  const dist = join(here, 'dist');
  const names = new Set([...filesBelow(out), ...filesBelow(dist)]);
  const read = (folder, name) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      return undefined;
    }
  };
  const different = [...names].filter((name) => read(out, name) !== read(dist, name));
  rmSync(out, { recursive: true });
  if (different.length) {
    console.error(`sdk/browser/dist is not what its sources make: ${different.join(', ')}; run npm run build`);
    process.exitCode = 1;
  }
}
