//! The binding generator at the version of the ffi crate.

fn main() {
    uniffi::uniffi_bindgen_main();
}
