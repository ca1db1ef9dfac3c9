//! Plugins, which objects configure: kustomize's built-in kinds, KRM functions, and exec plugins.

mod configure;
mod exchange;
mod exec_plugin;
mod function;
mod function_spec;
mod launch;
mod process;
mod resource_list;
pub mod validator;

pub use configure::{generators, transformers};
pub use function_spec::{Container, Mount};
pub use launch::{container_args, container_engine, current_user};
pub use process::{Finished, Program};
