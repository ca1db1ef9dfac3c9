//! Completion of command lines in shells: the scripts, and the hidden commands with which the scripts ask for what can follow.

mod bash;
mod choices;
mod flag_value;
mod request;
mod script;

pub(super) use choices::NAME as REQUEST;
pub(super) use request::answer;
pub use script::script;
