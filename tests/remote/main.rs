//! Remote resources of kustomizations: repositories and files that the tests serve on this machine.

mod git;
mod http;
mod localize;
mod server;
mod world;
