//! The account and its wallet.

use crate::decode::{DecodeError, document};
use crate::endpoint::{Endpoint, EndpointInfo};
use crate::models::{Account, Wallet};

/// `GET /account`
#[derive(Clone, Copy, Debug)]
pub struct GetAccount;

impl Endpoint for GetAccount {
    type Output = Account;

    fn info(&self) -> EndpointInfo {
        EndpointInfo::read("GET /account")
    }

    fn path(&self) -> String {
        "/account".to_owned()
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<Account, DecodeError> {
        document(body)
    }
}

/// `GET /wallet`
#[derive(Clone, Copy, Debug)]
pub struct GetWallet;

impl Endpoint for GetWallet {
    type Output = Wallet;

    fn info(&self) -> EndpointInfo {
        EndpointInfo::read("GET /wallet")
    }

    fn path(&self) -> String {
        "/wallet".to_owned()
    }

    fn parse(&self, body: &mut Vec<u8>) -> Result<Wallet, DecodeError> {
        document(body)
    }
}
