//! Views: the facts that the table shows about an object. There is one file per view, and the first view is the default.

mod around;
mod every_field;
mod fact;
mod look;
mod network;
mod operators;
mod references;
mod row;
mod scale;
mod settings;
mod storage;
mod workloads;

pub use around::Surroundings;
pub use fact::Fact;
pub use row::View;

/// All views; the first one is the default.
pub const VIEWS: &[View] = &[operators::VIEW, every_field::VIEW];

/// The view with this name.
pub fn view(name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name == name)
}
