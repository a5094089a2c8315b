//! Which certificate authorities are trusted.

use std::ffi::OsString;
use std::fs;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::config::{ConfigError, Setting, Trust};

const CA_PEM: Setting = Setting("ca_pem");
const CERT_FILE: Setting = Setting("SSL_CERT_FILE");

/// Certificate authorities, as an HTTP stack takes them.
#[derive(Clone, Debug)]
pub(crate) enum Roots {
    /// Those of Mozilla, which cost nothing until the first TLS connection.
    Mozilla,
    /// Those of the operating system.
    #[cfg(feature = "system-roots")]
    System,
    /// These.
    Given(Vec<CertificateDer<'static>>),
}

impl Roots {
    /// What is trusted in an environment.
    pub(super) fn trusted(
        trust: &Trust,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        match trust {
            Trust::Pem(pem) => parse(pem, CA_PEM),
            #[cfg(feature = "system-roots")]
            Trust::System => Ok(Self::System),
            Trust::FromEnvironment => {
                let Some(path) = variable(CERT_FILE.0).filter(|path| !path.is_empty()) else {
                    return Ok(Self::Mozilla);
                };
                let pem = fs::read(path).map_err(|cause| {
                    ConfigError::UnreadableFile(CERT_FILE, cause.kind().to_string())
                })?;
                parse(&pem, CERT_FILE)
            }
        }
    }
}

fn parse(pem: &[u8], setting: Setting) -> Result<Roots, ConfigError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let certificates = certificates.map_err(|_damage| ConfigError::BadPem(setting))?;
    if certificates.is_empty() {
        return Err(ConfigError::NoCertificates(setting));
    }
    Ok(Roots::Given(certificates))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(trust: &Trust, cert_file: Option<&str>) -> String {
        let variable = |_: &str| cert_file.map(OsString::from);
        Roots::trusted(trust, &variable)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn certificates_that_cannot_be_used_are_refused_in_words() {
        let pem = |text: &str| Trust::Pem(text.into());
        assert_eq!(refusal(&pem(""), None), "ca_pem has no certificate in it");
        assert_eq!(
            refusal(
                &pem("-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n"),
                None
            ),
            "ca_pem is not valid PEM"
        );
        let environment = Trust::FromEnvironment;
        assert_eq!(
            refusal(&environment, Some("/no/such/file.pem")),
            "SSL_CERT_FILE names a file that can't be read: entity not found"
        );
        assert_eq!(
            refusal(&environment, Some("/dev/null")),
            "SSL_CERT_FILE has no certificate in it"
        );
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let trusted = Roots::trusted(&Trust::default(), &|_| Some(OsString::new()));
        assert!(matches!(trusted, Ok(Roots::Mozilla)));
    }
}
