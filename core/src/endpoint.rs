//! What an endpoint is: one type with its request, its reply and what may be done on failure.

use crate::decode::DecodeError;
use crate::http::RetryClass;
use crate::ids::VpsId;
use crate::models::PowerAction;

/// What a key must be allowed to do for an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// No key at all: the request carries none.
    Open,
    /// Any key.
    AnyKey,
    /// A key with the scope `full`.
    FullKey,
}

/// The facts of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointInfo {
    /// As the documentation writes it, such as `GET /vps/:id`.
    pub route: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// What key it takes.
    pub access: Access,
    /// What may be done when the reply is lost.
    pub retry_class: RetryClass,
    /// How to find out what became of a `Once` request whose reply was lost.
    pub advice: &'static str,
}

impl EndpointInfo {
    /// A `GET` that any key may make.
    pub(crate) const fn read(route: &'static str) -> Self {
        Self {
            route,
            method: "GET",
            access: Access::AnyKey,
            retry_class: RetryClass::Read,
            advice: "",
        }
    }
}

/// One endpoint of the API. Its value is one request to it, with valid arguments.
pub trait Endpoint {
    /// What a good reply is read into.
    type Output;

    /// The endpoint's facts.
    fn info(&self) -> EndpointInfo;

    /// The path behind `/api/v1`, percent-encoded, with its query.
    fn path(&self) -> String;

    /// The JSON body, if the endpoint takes one.
    fn body(&self) -> Option<String> {
        None
    }

    /// What in the request must never be shown, beside the key.
    fn secrets(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Reads the body of a 2xx reply. A result that is made of the body's own bytes takes them; after
    /// an error the body is as it was.
    ///
    /// # Errors
    /// The place in a body that is not what the documentation promises.
    fn parse(&self, body: &mut Vec<u8>) -> Result<Self::Output, DecodeError>;

    /// Whose power it changes, and how.
    fn power(&self) -> Option<(&VpsId, &PowerAction)> {
        None
    }

    /// What a 404 means after an earlier attempt whose reply was lost, where that is success.
    fn already_done(&self) -> Option<Self::Output> {
        None
    }
}
