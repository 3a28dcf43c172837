import type { Terminal } from '@xterm/xterm';

/*
 * xterm.js writes its style sheets as text into <style> elements and colours of 24 bits into style attributes. The page's Content-Security-Policy refuses both, and is not loosened
 * for a place where machines choose the text. A style sheet that a script makes, and a style that it sets as a property, are not inline (CSP Level 3, 8.1; CSSOM).
 */

interface Inside { _core?: { _renderService?: { _renderer?: { value?: { _rowFactory?: { _addStyle: (element: HTMLElement, style: string) => void } } } } } }

/** Opens the terminal so that all its styles hold. It has no option for that: the version of xterm.js is pinned, and a test looks at its colours and at the browser's complaints. */
export function openStrictly(terminal: Terminal, place: HTMLElement): void {
  // Its option documentOverride does not reach all of it. Nobody else runs meanwhile.
  document.createElement = ((tag: string) => (tag === 'style' ? styleElement() : plainElement(tag))) as typeof document.createElement;
  try {
    terminal.open(place);
  } finally {
    delete (document as Partial<Document>).createElement;
  }
  const rows = (terminal as unknown as Inside)._core?._renderService?._renderer?.value?._rowFactory;
  if (rows) rows._addStyle = (element, style) => { element.style.cssText += style; };
}

const plainElement = (tag: string): HTMLElement => Document.prototype.createElement.call(document, tag);

/** Stands for a <style> element: the text that it is given becomes a style sheet of its own, for as long as the element is there. */
function styleElement(): HTMLElement {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const element = plainElement('template');
  Object.defineProperty(element, 'textContent', { set: (text: string) => sheet.replaceSync(text) });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}
