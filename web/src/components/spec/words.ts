export const words = (text: string) => text.split(/[\s,;，；、]+/).filter(Boolean);
/** A number; what is none goes to the service as it was typed, which says so at the field. Full-width digits of an input method are digits. */
export function number(text: string): number | undefined {
  const plain = text.normalize('NFKC').trim();
  const value = Number(plain);
  return plain === '' ? undefined : Number.isFinite(value) ? value : (text.trim() as unknown as number);
}
export const lines = (text: string) => text.split(/\n/).map((line) => line.trim()).filter(Boolean);
