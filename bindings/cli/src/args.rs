//! The command line: every command with its arguments, and who carries it out.

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::commands::{
    account, buy, catalogue, completions, delete, keys, login, man, power, rdp, resume, show, wait,
    watch,
};
use crate::context::Context;
use crate::failure::Outcome;
use crate::options::Global;
use crate::{exit, surroundings};

/// Buy, watch and control STABLEVPS Forex VPS.
#[derive(Debug, Parser)]
#[command(
    name = "svps",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Begin with `svps login`. `svps help COMMAND` has examples. Add --simulate to try any command without money.",
    after_long_help = after_help(),
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an API key with e-mail and password, and keep it
    Login(login::LoginArgs),
    /// Forget a key that was kept
    Logout(login::LogoutArgs),
    /// API keys: list, create, revoke
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// What can be bought, and for how much
    Plans,
    /// Where a VPS can stand
    Locations,
    /// Every VPS of the account
    #[command(visible_alias = "ls", after_help = catalogue::LIST_EXAMPLES)]
    List,
    /// One VPS with everything that is known of it
    Show(show::ShowArgs),
    /// Buy a VPS and wait until it can be used
    Buy(buy::BuyArgs),
    /// Go on with purchases that were interrupted
    Resume(resume::ResumeArgs),
    /// Wait until a VPS can be used
    Wait(wait::WaitArgs),
    /// Watch every VPS, and reboot those that hang
    Watch(watch::WatchArgs),
    /// Switch VPS on
    Start(power::PowerArgs),
    /// Switch VPS off
    Stop(power::PowerArgs),
    /// Restart VPS
    #[command(after_help = power::REBOOT_EXAMPLES)]
    Reboot(power::PowerArgs),
    /// End VPS for good; nothing is refunded
    Delete(delete::DeleteArgs),
    /// Write a file that opens a VPS's desktop, or open it
    Rdp(rdp::RdpArgs),
    /// What the wallet holds
    #[command(visible_alias = "balance")]
    Wallet,
    /// The account
    Account,
    /// A completion script for a shell
    Completions(completions::CompletionsArgs),
    /// The manual page
    Man(man::ManArgs),
}

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
        Command::Watch(args) => watch::watch(context, &args),
        Command::Start(args) => power::run(context, &args, power::Action::Start),
        Command::Stop(args) => power::run(context, &args, power::Action::Stop),
        Command::Reboot(args) => power::run(context, &args, power::Action::Reboot),
        Command::Delete(args) => delete::delete(context, &args),
        Command::Rdp(args) => rdp::rdp(context, &args),
        Command::Wallet => account::wallet(context),
        Command::Account => account::account(context),
        Command::Completions(args) => completions::completions(context, &args, Cli::command()),
        Command::Man(args) => man::man(context, &args, Cli::command()),
    }
}

fn after_help() -> String {
    format!("{}{}", exit::help(), surroundings::help())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_has_no_contradictions() {
        Cli::command().debug_assert();
    }
}
