export const words = (text: string) => text.split(/[\s,;，；、]+/).filter(Boolean);
export const lines = (text: string) => text.split(/\n/).map((line) => line.trim()).filter(Boolean);
