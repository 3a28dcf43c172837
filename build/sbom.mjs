// Writes what LpmOs consists of as a CycloneDX 1.6 document (ECMA-424), from the lock files alone: packages.lock.json of every project and package-lock.json
// of the page. node build/sbom.mjs OUT; node build/sbom.mjs --check FILE looks whether a document has what the schema requires.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const shipped = /^(services|agent|cli)\//;
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
const files = name => git('ls-files', '--', `*${name}`).split('\n').filter(file => file.endsWith(name) && existsSync(file));
const hex = base64 => Buffer.from(base64, 'base64').toString('hex');
const json = file => JSON.parse(readFileSync(file, 'utf8'));

/** Components by bom-ref; what one shipped part needs is required, whatever else needs it too. */
const components = new Map();
const dependsOn = new Map();

function add(purl, fields, required) {
  const known = components.get(purl);
  if (!known) components.set(purl, { type: 'library', 'bom-ref': purl, ...fields, scope: required ? 'required' : 'excluded', purl });
  else if (required) known.scope = 'required';
  return purl;
}

function depend(from, to) {
  if (!dependsOn.has(from)) dependsOn.set(from, new Set());
  for (const ref of to) dependsOn.get(from).add(ref);
}

function dotnet(file, root) {
  const required = shipped.test(file);
  const project = `project:${dirname(file)}`;
  components.set(project, { type: 'application', 'bom-ref': project, name: dirname(file).split('/').pop(), scope: required ? 'required' : 'excluded' });
  depend(root, [project]);
  for (const packages of Object.values(json(file).dependencies)) {
    const entries = Object.entries(packages).filter(([, entry]) => entry.type !== 'Project');
    const refs = new Map(entries.map(([name, entry]) => [name.toLowerCase(), `pkg:nuget/${name}@${entry.resolved}`]));
    for (const [name, entry] of entries) {
      const ref = add(refs.get(name.toLowerCase()), { name, version: entry.resolved, hashes: [{ alg: 'SHA-512', content: hex(entry.contentHash) }] }, required);
      if (entry.type === 'Direct') depend(project, [ref]);
      depend(ref, Object.keys(entry.dependencies ?? {}).map(other => refs.get(other.toLowerCase())).filter(Boolean));
    }
  }
}

function npm(file, root) {
  const project = `project:${dirname(file)}`;
  components.set(project, { type: 'application', 'bom-ref': project, name: dirname(file), scope: file.startsWith('web/') ? 'required' : 'excluded' });
  depend(root, [project]);
  const { packages } = json(file);
  const purl = (path, entry) => `pkg:npm/${(entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 13)).replace('@', '%40')}@${entry.version}`;
  // As Node looks for it: beside who asks, then further up.
  const find = (path, name) => {
    for (let at = path; ; at = at.includes('/node_modules/') ? at.slice(0, at.lastIndexOf('/node_modules/')) : '') {
      const candidate = `${at ? `${at}/` : ''}node_modules/${name}`;
      if (packages[candidate]) return candidate;
      if (!at) return undefined;
    }
  };
  for (const [path, entry] of Object.entries(packages)) {
    const needs = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...(path === '' ? entry.devDependencies : {}) })
      .map(name => find(path, name)).filter(Boolean).map(found => purl(found, packages[found]));
    if (path === '') { depend(project, needs); continue; }
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 13);
    const hashes = entry.integrity?.startsWith('sha512-') ? { hashes: [{ alg: 'SHA-512', content: hex(entry.integrity.slice(7)) }] } : {};
    const licenses = typeof entry.license === 'string' ? { licenses: [{ expression: entry.license }] } : {};
    depend(add(purl(path, entry), { name, version: entry.version, ...hashes, ...licenses }, file.startsWith('web/') && !entry.dev && !entry.optional), needs);
  }
}

/** The fields that the schema requires, and what must be true of references. Returns what is wrong. */
export function check(document) {
  const wrong = [];
  const need = (holds, what) => holds || wrong.push(what);
  need(document.bomFormat === 'CycloneDX', 'bomFormat');
  need(document.specVersion === '1.6', 'specVersion');
  need(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(document.serialNumber), 'serialNumber');
  need(Number.isInteger(document.version) && document.version >= 1, 'version');
  need(document.components?.length > 0, 'components');
  const refs = new Set([document.metadata?.component?.['bom-ref']]);
  for (const component of document.components ?? []) {
    const at = component['bom-ref'];
    need(!refs.has(at), `${at} twice`);
    refs.add(at);
    need(['library', 'application'].includes(component.type) && typeof component.name === 'string' && component.name, `${at}: type, name`);
    need(['required', 'excluded'].includes(component.scope), `${at}: scope`);
    if (component.type === 'library') need(component.version && /^pkg:(nuget|npm)\/\S+@\S+$/.test(component.purl), `${at}: version, purl`);
    for (const hash of component.hashes ?? []) need(hash.alg === 'SHA-512' && /^[0-9a-f]{128}$/.test(hash.content), `${at}: hash`);
  }
  for (const { ref, dependsOn: to } of document.dependencies ?? []) for (const one of [ref, ...(to ?? [])]) need(refs.has(one), `dependency on ${one}, which is no component`);
  return wrong;
}

function write(out) {
  const version = /<VersionPrefix>(.*)<\/VersionPrefix>/.exec(readFileSync('Directory.Build.props', 'utf8'))[1];
  const root = `pkg:generic/lpmos@${version}`;
  for (const file of files('packages.lock.json')) dotnet(file, root);
  for (const file of files('package-lock.json')) npm(file, root);
  const sorted = [...components.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const dependencies = [...dependsOn].filter(([ref]) => ref === root || components.has(ref)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([ref, to]) => ({ ref, dependsOn: [...to].sort() }));
  // The same lock files give the same document: name-based, as in RFC 9562, 5.8.
  const id = createHash('sha256').update(JSON.stringify([version, sorted, dependencies])).digest('hex');
  const uuid = `${id.slice(0, 8)}-${id.slice(8, 12)}-8${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20, 32)}`;
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${uuid}`, version: 1,
    metadata: { timestamp: new Date(git('log', '-1', '--format=%cI')).toISOString(), component: { type: 'application', 'bom-ref': root, name: 'lpmos', version } },
    components: sorted, dependencies,
  };
  const wrong = check(document);
  if (wrong.length > 0) throw new Error(`The document is not as CycloneDX requires:\n${wrong.join('\n')}`);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, JSON.stringify(document, null, 1) + '\n');
  const count = scope => sorted.filter(component => component.type === 'library' && component.scope === scope).length;
  console.log(`${out}: ${count('required')} packages in what is shipped, ${count('excluded')} in tests and tools`);
}

const [first, file] = process.argv.slice(2);
if (first === '--check') {
  const wrong = check(json(file));
  wrong.forEach(line => console.error(line));
  process.exit(wrong.length > 0 ? 1 : 0);
}
write(first ?? 'data/sbom.json');
