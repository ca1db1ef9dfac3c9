//! Reading: files, git repositories, web servers, the cache, and the helm program.

mod access;
mod attempt;
mod cache;
pub mod credentials;
mod files;
mod git;
mod git_repository;
pub mod git_tree;
mod git_view;
mod guard;
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
mod seal;
mod shown;
mod trail;
mod waiting;
mod web_pages;

pub use access::{Access, Host};
pub use files::{Disk, Files, Kind, read_limited};
pub use git_repository::GitRepository;
pub use git_tree::GitTree;
pub use guard::Guard;
pub use loader::{Found, Loader, Restrictions, Use};
pub use manifests::Input;
pub use remote::Remote;
pub use repo_url::RepoUrl;
pub use shown::{reason, tidy, unreadable};
pub use trail::{Trail, trail};
