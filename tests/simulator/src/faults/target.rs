//! Which requests a fault strikes.

use serde::{Deserialize, Serialize};

use crate::service::route::PREFIX;

/// Which requests a fault strikes. What is left out matches everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Target {
    /// The method, without regard to case.
    pub method: Option<String>,
    /// The path without query: exact, or with segments like `:id` that stand for any one segment, or with a
    /// last `*` that stands for any rest, even none. `/api/v1` in front may be left out.
    pub path: Option<String>,
    /// How many matching requests pass before the first is struck. Default 0.
    pub skip: u32,
}

impl Target {
    /// The requests of one method and path.
    #[must_use]
    pub fn call(method: &str, path: &str) -> Self {
        Self {
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            skip: 0,
        }
    }

    pub(crate) fn matches(&self, method: &str, path: &str) -> bool {
        let method_fits = self
            .method
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        method_fits
            && self
                .path
                .as_ref()
                .is_none_or(|pattern| path_fits(pattern, path))
    }
}

fn path_fits(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (without_prefix(pattern), without_prefix(path));
    if let Some(start) = pattern.strip_suffix('*') {
        return path.starts_with(start);
    }
    let mut segments = path.split('/');
    let each_fits = pattern.split('/').all(|wanted| {
        segments.next().is_some_and(|segment| {
            wanted == segment || (wanted.starts_with(':') && !segment.is_empty())
        })
    });
    each_fits && segments.next().is_none()
}

fn without_prefix(path: &str) -> &str {
    path.strip_prefix(PREFIX).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::path_fits;

    #[test]
    fn a_pattern_is_exact_or_names_segments_or_ends_in_a_star() {
        let cases = [
            ("/api/v1/vps", "/api/v1/vps", true),
            ("/vps", "/api/v1/vps", true),
            ("/vps", "/api/v1/vps/1", false),
            ("/vps/:id", "/api/v1/vps/1", true),
            ("/vps/:id", "/api/v1/vps/", false),
            ("/vps/:id", "/api/v1/vps/1/actions", false),
            ("/vps/:id/actions", "/api/v1/vps/1/actions", true),
            ("/vps*", "/api/v1/vps", true),
            ("/vps/*", "/api/v1/vps/1/actions", true),
            ("*", "/anything", true),
        ];
        for (pattern, path, fits) in cases {
            assert_eq!(path_fits(pattern, path), fits, "{pattern} {path}");
        }
    }
}
