/** Instantiates a file of WebAssembly with the glue around it. */

/** @internal What the glue of any such file has. */
export interface Glue {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/** @internal Instantiates it at once, which a browser's main thread does not allow for large files. */
export function joinNow(glue: Glue, name: string, source: WebAssembly.Module | BufferSource): void {
  const module = isModule(source) ? source : new WebAssembly.Module(source);
  begin(glue, new WebAssembly.Instance(module, imports(glue, name)));
}

/** @internal Instantiates it. */
export async function join(
  glue: Glue,
  name: string,
  source: WebAssembly.Module | BufferSource,
): Promise<void> {
  const made: WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource =
    await WebAssembly.instantiate(source as BufferSource, imports(glue, name));
  begin(glue, "instance" in made ? made.instance : (made as WebAssembly.Instance));
}

/** What the file imports: the glue, by the name that it was written with. */
/** Also where the module comes from another realm, as in edge runtimes, whose classes are other ones. */
function isModule(source: WebAssembly.Module | BufferSource): source is WebAssembly.Module {
  return Object.prototype.toString.call(source) === "[object WebAssembly.Module]";
}

function imports(glue: Glue, name: string): WebAssembly.Imports {
  return { [`./${name}_bg.js`]: glue as unknown as WebAssembly.ModuleImports };
}

function begin(glue: Glue, { exports }: WebAssembly.Instance): void {
  glue.__wbg_set_wasm(exports);
  (exports.__wbindgen_start as () => void)();
}
