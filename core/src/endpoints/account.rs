//! The account and its wallet.

use crate::endpoint::{Access, Endpoint, EndpointInfo, RetryClass};
use crate::json::{self, Misfit};
use crate::models::{Account, Wallet};
use crate::prelude::*;

/// `GET /account`
#[derive(Clone, Copy, Debug)]
pub struct GetAccount;

impl Endpoint for GetAccount {
    type Output = Account;

    fn info(&self) -> EndpointInfo {
        EndpointInfo {
            route: "GET /account",
            method: "GET",
            access: Access::AnyKey,
            retry_class: RetryClass::Read,
            advice: "",
        }
    }

    fn path(&self) -> String {
        "/account".to_owned()
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<Account, Misfit> {
        json::document(body)
    }
}

/// `GET /wallet`
#[derive(Clone, Copy, Debug)]
pub struct GetWallet;

impl Endpoint for GetWallet {
    type Output = Wallet;

    fn info(&self) -> EndpointInfo {
        EndpointInfo {
            route: "GET /wallet",
            method: "GET",
            access: Access::AnyKey,
            retry_class: RetryClass::Read,
            advice: "",
        }
    }

    fn path(&self) -> String {
        "/wallet".to_owned()
    }

    #[allow(private_interfaces)]
    fn parse(&self, body: &mut Vec<u8>) -> Result<Wallet, Misfit> {
        json::document(body)
    }
}
