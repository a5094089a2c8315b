//! Which of the ten calls a request makes.

/// The ten calls. The texts are ids taken from the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    CreateKey,
    ListKeys,
    RevokeKey,
    ListVps,
    OrderVps,
    ShowVps(String),
    DeleteVps(String),
    ActOnVps(String),
    ShowAccount,
    ShowWallet,
}

/// A request that makes none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stray {
    UnknownPath,
    UnknownMethod { allow: &'static str },
}

/// What all paths begin with.
pub(crate) const PREFIX: &str = "/api/v1";

/// Finds the call. A path that ends in a slash is another path.
pub(crate) fn route(method: &str, path: &str) -> Result<Call, Stray> {
    let rest = path
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_prefix('/'))
        .ok_or(Stray::UnknownPath)?;
    let segments: Vec<&str> = rest.split('/').collect();
    let (calls, allow): (&[(&str, Call)], _) = match segments.as_slice() {
        ["auth"] => (
            &[
                ("POST", Call::CreateKey),
                ("GET", Call::ListKeys),
                ("DELETE", Call::RevokeKey),
            ],
            "POST, GET, DELETE",
        ),
        ["vps"] => (
            &[("GET", Call::ListVps), ("POST", Call::OrderVps)],
            "GET, POST",
        ),
        ["vps", id] => {
            let id = percent_decoded(id);
            (
                &[
                    ("GET", Call::ShowVps(id.clone())),
                    ("DELETE", Call::DeleteVps(id)),
                ],
                "GET, DELETE",
            )
        }
        ["vps", id, "actions"] => (&[("POST", Call::ActOnVps(percent_decoded(id)))], "POST"),
        ["account"] => (&[("GET", Call::ShowAccount)], "GET"),
        ["wallet"] => (&[("GET", Call::ShowWallet)], "GET"),
        _ => return Err(Stray::UnknownPath),
    };
    let found = calls.iter().find(|(name, _)| *name == method);
    found
        .map(|(_, call)| call.clone())
        .ok_or(Stray::UnknownMethod { allow })
}

impl Call {
    /// The call's name in reports.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::CreateKey => "POST /auth",
            Self::ListKeys => "GET /auth",
            Self::RevokeKey => "DELETE /auth",
            Self::ListVps => "GET /vps",
            Self::OrderVps => "POST /vps",
            Self::ShowVps(_) => "GET /vps/:id",
            Self::DeleteVps(_) => "DELETE /vps/:id",
            Self::ActOnVps(_) => "POST /vps/:id/actions",
            Self::ShowAccount => "GET /account",
            Self::ShowWallet => "GET /wallet",
        }
    }

    /// Whether a read-only key is refused. Revoking a key is open to both scopes.
    pub(crate) fn needs_full_scope(&self) -> bool {
        match self {
            Self::OrderVps | Self::DeleteVps(_) | Self::ActOnVps(_) => true,
            Self::CreateKey
            | Self::ListKeys
            | Self::RevokeKey
            | Self::ListVps
            | Self::ShowVps(_)
            | Self::ShowAccount
            | Self::ShowWallet => false,
        }
    }
}

/// The first value of a query's field.
pub(crate) fn query_value(query: &str, name: &str) -> Option<String> {
    let pairs = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut found = pairs.filter(|(field, _)| percent_decoded(field) == name);
    found
        .next()
        .map(|(_, value)| percent_decoded(&value.replace('+', " ")))
}

/// The text without its percent signs; an escape that is none stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        match (
            byte,
            ahead.next().and_then(hex_digit),
            ahead.next().and_then(hex_digit),
        ) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(high * 16 + low);
                bytes = ahead;
            }
            _ => decoded.push(byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{Call, Stray, query_value, route};

    #[test]
    fn every_documented_call_is_found_by_its_label() {
        for label in [
            "POST /auth",
            "GET /auth",
            "DELETE /auth",
            "GET /vps",
            "POST /vps",
            "GET /vps/:id",
            "DELETE /vps/:id",
            "POST /vps/:id/actions",
            "GET /account",
            "GET /wallet",
        ] {
            let (method, path) = label.split_once(' ').unwrap();
            assert_eq!(
                route(method, &format!("/api/v1{path}")).unwrap().label(),
                label
            );
        }
    }

    #[test]
    fn paths_and_methods_that_are_not_documented_are_told_apart() {
        for path in [
            "",
            "/",
            "/api/v1",
            "/api/v1/",
            "/api/v1/vps/",
            "/api/v1/vps/a/b",
            "/api/v1/vps/a/actions/",
            "/api/v2/vps",
        ] {
            let expected = if path == "/api/v1/vps/" {
                Ok(Call::ShowVps(String::new()))
            } else {
                Err(Stray::UnknownPath)
            };
            assert_eq!(route("GET", path), expected, "{path}");
        }
        assert_eq!(
            route("PUT", "/api/v1/wallet"),
            Err(Stray::UnknownMethod { allow: "GET" })
        );
        assert_eq!(
            route("get", "/api/v1/wallet"),
            Err(Stray::UnknownMethod { allow: "GET" })
        );
    }

    #[test]
    fn an_escaped_slash_stays_inside_its_id() {
        assert_eq!(
            route("GET", "/api/v1/vps/a%2Fb%2"),
            Ok(Call::ShowVps("a/b%2".to_owned()))
        );
        assert_eq!(
            query_value("x=1&keyId=a%20b+c&keyId=d", "keyId").as_deref(),
            Some("a b c")
        );
        assert_eq!(query_value("", "keyId"), None);
    }
}
