/** A `.wasm` file as base64 text: the build puts it in. */
declare module "*_bg.wasm" {
  const text: string;
  export default text;
}
