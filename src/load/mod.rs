//! Reading: files, git repositories, web servers, the cache, and the helm program.

mod attempt;
mod cache;
pub mod credentials;
mod files;
mod git;
mod git_repository;
pub mod git_tree;
pub mod helm;
mod http;
mod loader;
pub mod manifests;
mod progress;
mod proxy;
mod query;
pub mod reads;
mod remote;
mod repo_url;
mod shown;
mod trail;
mod waiting;

pub use files::{Disk, Files, Kind};
pub use git_repository::GitRepository;
pub use git_tree::GitTree;
pub use loader::{Found, Loader, Restrictions, Use};
pub use remote::Remote;
pub use repo_url::RepoUrl;
pub use shown::{reason, tidy};
pub use trail::{Trail, trail};
