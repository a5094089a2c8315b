//! The commands, one file a group.

pub mod account;
pub mod buy;
pub mod catalogue;
pub mod completions;
pub mod delete;
pub mod keys;
pub mod login;
pub mod man;
pub mod power;
pub mod rdp;
pub mod resume;
pub mod show;
pub mod wait;

use crate::args::Command;
use crate::context::Context;
use crate::failure::Outcome;

/// Carries a command out.
pub fn run(context: &Context, command: Command) -> Outcome {
    match command {
        Command::Login(args) => login::login(context, &args),
        Command::Logout(args) => login::logout(context, &args),
        Command::Keys(command) => keys::run(context, command),
        Command::Plans => catalogue::plans(context),
        Command::Locations => catalogue::locations(context),
        Command::List => show::list(context),
        Command::Show(args) => show::show(context, &args),
        Command::Buy(args) => buy::buy(context, &args),
        Command::Resume(args) => resume::resume(context, &args),
        Command::Wait(args) => wait::wait(context, &args),
        Command::Start(args) => power::run(context, &args, power::Action::Start),
        Command::Stop(args) => power::run(context, &args, power::Action::Stop),
        Command::Reboot(args) => power::run(context, &args, power::Action::Reboot),
        Command::Delete(args) => delete::delete(context, &args),
        Command::Rdp(args) => rdp::rdp(context, &args),
        Command::Wallet => account::wallet(context),
        Command::Account => account::account(context),
        Command::Completions(args) => completions::completions(context, &args),
        Command::Man(args) => man::man(context, &args),
    }
}
