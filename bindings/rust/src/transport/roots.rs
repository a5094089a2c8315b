//! Which certificate authorities are trusted.

use std::ffi::OsString;
use std::fs;

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use super::config::{ConfigError, Setting};

const CA_PEM: Setting = Setting("ca_pem");
const CERT_FILE: Setting = Setting("SSL_CERT_FILE");

/// The given PEM, else the file of `SSL_CERT_FILE`, else `None` for the built-in roots.
pub(super) fn trusted(
    ca_pem: Option<&[u8]>,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<RootCerts>, ConfigError> {
    if let Some(pem) = ca_pem {
        return parse(pem, CA_PEM).map(Some);
    }
    let Some(path) = variable(CERT_FILE.0).filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let pem = fs::read(path)
        .map_err(|cause| ConfigError::UnreadableFile(CERT_FILE, cause.kind().to_string()))?;
    parse(&pem, CERT_FILE).map(Some)
}

fn parse(pem: &[u8], setting: Setting) -> Result<RootCerts, ConfigError> {
    let mut certificates: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) =
            item.map_err(|_damage| ConfigError::BadPem(setting))?
        {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(ConfigError::NoCertificates(setting));
    }
    Ok(RootCerts::from(certificates))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(ca_pem: Option<&[u8]>, cert_file: Option<&str>) -> String {
        let variable = |_: &str| cert_file.map(OsString::from);
        trusted(ca_pem, &variable)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn certificates_that_cannot_be_used_are_refused_in_words() {
        assert_eq!(refusal(Some(b""), None), "ca_pem has no certificate in it");
        assert_eq!(
            refusal(
                Some(b"-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n"),
                None
            ),
            "ca_pem is not valid PEM"
        );
        assert_eq!(
            refusal(None, Some("/no/such/file.pem")),
            "SSL_CERT_FILE names a file that can't be read: entity not found"
        );
        assert_eq!(
            refusal(None, Some("/dev/null")),
            "SSL_CERT_FILE has no certificate in it"
        );
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        assert!(trusted(None, &|_| Some(OsString::new())).is_ok_and(|roots| roots.is_none()));
    }
}
