declare module '*.md' {
  export const html: string;
}

declare module '*.md?title' {
  export const title: string;
}
