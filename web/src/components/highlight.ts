/** More than this is shown as it is: colouring would hold the page up. */
const MOST = 200_000;

let library: Promise<typeof import('highlight.js/lib/core').default> | undefined;

// Fetched when the first text is shown; the first load of the page does without.
async function load() {
  const [{ default: core }, { default: bash }, { default: ini }, { default: json }, { default: yaml }, { default: xml }] = await Promise.all([
    import('highlight.js/lib/core'), import('highlight.js/lib/languages/bash'), import('highlight.js/lib/languages/ini'), import('highlight.js/lib/languages/json'), import('highlight.js/lib/languages/yaml'), import('highlight.js/lib/languages/xml'),
  ]);
  for (const [name, grammar] of Object.entries({ bash, ini, json, yaml, xml })) core.registerLanguage(name, grammar);
  return core;
}

/** HTML of spans with everything else escaped; undefined where it stays as it is. */
export async function highlight(text: string, language: string): Promise<string | undefined> {
  if (text.length > MOST) return undefined;
  try {
    const core = await (library ??= load());
    return core.getLanguage(language) ? core.highlight(text, { language, ignoreIllegals: true }).value : undefined;
  } catch {
    library = undefined;
    return undefined;
  }
}
