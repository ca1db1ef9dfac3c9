//! What kustomizations name by URLs: repositories and files that the tests themselves serve on this machine.

mod git;
mod http;
mod server;
mod world;
