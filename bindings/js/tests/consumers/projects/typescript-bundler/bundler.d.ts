/** As bundlers declare it in types of their own. */
declare module "*.wasm?url" {
  const url: string;
  export default url;
}
