//! Writes the Swift package's models from the core's schema.

use crate::models::Models;

/// The file's text.
pub fn module(_models: &Models) -> String {
    String::new()
}
