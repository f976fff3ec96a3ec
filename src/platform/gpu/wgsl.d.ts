/** A WGSL file with all that it imports, as text: scripts/build/link-wgsl.ts. */
declare module '*.wgsl' {
  const code: string;
  export default code;
}
