//! Altering the JSON of a reply.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Changes to the JSON of a reply, made in the order of the fields. A reply that is not JSON stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Patch {
    /// Merged in, object into object. A null is put in as a null; a list replaces what was there.
    pub merge: Map<String, Value>,
    /// Values by JSON pointer (RFC 6901), for what is there already: `{"/vps/0/vpsStatus": "odd"}`.
    pub set: BTreeMap<String, Value>,
    /// JSON pointers of what is taken out: `["/rdpPassword", "/vps/0"]`.
    pub remove: Vec<String>,
}

impl Patch {
    pub(crate) fn apply(&self, body: &[u8]) -> Vec<u8> {
        let Ok(mut json) = serde_json::from_slice::<Value>(body) else {
            return body.to_vec();
        };
        merge(&mut json, &self.merge);
        for (pointer, value) in &self.set {
            if let Some(place) = json.pointer_mut(pointer) {
                *place = value.clone();
            }
        }
        for pointer in &self.remove {
            remove(&mut json, pointer);
        }
        json.to_string().into_bytes()
    }
}

fn merge(target: &mut Value, changes: &Map<String, Value>) {
    let Value::Object(fields) = target else {
        return;
    };
    for (name, change) in changes {
        match (fields.get_mut(name), change) {
            (Some(inner @ Value::Object(_)), Value::Object(change)) => merge(inner, change),
            _ => drop(fields.insert(name.clone(), change.clone())),
        }
    }
}

fn remove(target: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return;
    };
    match target.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            fields.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            let index = name
                .parse()
                .ok()
                .filter(|index: &usize| *index < items.len());
            drop(index.map(|index| items.remove(index)));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::Patch;

    #[test]
    fn a_patch_merges_sets_and_removes() {
        let cases = [
            (
                r#"{"merge":{"a":null,"new":1}}"#,
                r#"{"a":null,"b":[{"c":1},{"c":2}],"d":{"e":3},"new":1}"#,
            ),
            (
                r#"{"merge":{"d":{"f":4}}}"#,
                r#"{"a":0,"b":[{"c":1},{"c":2}],"d":{"e":3,"f":4}}"#,
            ),
            (
                r#"{"set":{"/b/1/c":"x","/none":1}}"#,
                r#"{"a":0,"b":[{"c":1},{"c":"x"}],"d":{"e":3}}"#,
            ),
            (
                r#"{"remove":["/a","/b/0","/b/9","/d/e","none"]}"#,
                r#"{"b":[{"c":2}],"d":{}}"#,
            ),
        ];
        for (patch, expected) in cases {
            let patch: Patch = serde_json::from_str(patch).unwrap();
            let patched = patch.apply(br#"{"a":0,"b":[{"c":1},{"c":2}],"d":{"e":3}}"#);
            let patched: serde_json::Value = serde_json::from_slice(&patched).unwrap();
            assert_eq!(
                patched,
                serde_json::from_str::<serde_json::Value>(expected).unwrap()
            );
        }
    }

    #[test]
    fn what_is_not_json_stays_as_it_is() {
        assert_eq!(Patch::default().apply(b"<html>"), b"<html>");
    }
}
