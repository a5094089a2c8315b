/** As bundlers declare it in types of their own. */
declare module "stablevps/stablevps.wasm" {
  const url: string;
  export default url;
}
