//! Any endpoint: what hosts in other languages call.

use core::fmt;

use crate::endpoint::{Endpoint, EndpointInfo};
use crate::json::Misfit;
use crate::output::Output;
use crate::prelude::*;

/// One of the endpoints. It is one type whichever it is, so that there is one machine for all of them:
/// what a browser loads is a tenth smaller by that.
pub struct AnyEndpoint(Box<dyn Erased + Send>);

impl AnyEndpoint {
    /// That endpoint.
    pub fn new(endpoint: impl Endpoint + Send + 'static) -> Self {
        Self(Box::new(endpoint))
    }
}

impl fmt::Debug for AnyEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Endpoint::info(self).route)
    }
}

/// An [`Endpoint`] whose output's type is forgotten.
trait Erased {
    fn info(&self) -> EndpointInfo;
    fn path(&self) -> String;
    fn body(&self) -> Option<Vec<u8>>;
    fn secrets(&self) -> Vec<&str>;
    fn parse(&self, body: &mut Vec<u8>) -> Result<Output, Misfit>;
    fn already_done(&self) -> Option<Output>;
}

impl<E: Endpoint> Erased for E {
    fn info(&self) -> EndpointInfo {
        Endpoint::info(self)
    }

    fn path(&self) -> String {
        Endpoint::path(self)
    }

    fn body(&self) -> Option<Vec<u8>> {
        Endpoint::body(self)
    }

    fn secrets(&self) -> Vec<&str> {
        Endpoint::secrets(self)
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<Output, Misfit> {
        Endpoint::parse(self, body).map(Into::into)
    }

    fn already_done(&self) -> Option<Output> {
        Endpoint::already_done(self).map(Into::into)
    }
}

impl Endpoint for AnyEndpoint {
    type Output = Output;

    fn info(&self) -> EndpointInfo {
        self.0.info()
    }

    fn path(&self) -> String {
        self.0.path()
    }

    fn body(&self) -> Option<Vec<u8>> {
        self.0.body()
    }

    fn secrets(&self) -> Vec<&str> {
        self.0.secrets()
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<Output, Misfit> {
        self.0.parse(body)
    }

    fn already_done(&self) -> Option<Output> {
        self.0.already_done()
    }
}
