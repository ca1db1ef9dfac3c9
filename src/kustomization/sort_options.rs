//! `sortOptions`: the order of output that a kustomization specifies.

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Result, did_you_mean};
use crate::resource::sort_order::SortOrder;
use crate::yaml::{Located, Node, Unknown, decode};

/// `sortOptions` of a kustomization.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SortOptions {
    order: Located<String>,
    legacy_sort_options: Option<LegacySortOptions>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LegacySortOptions {
    order_first: Vec<String>,
    order_last: Vec<String>,
}

/// The order that the value of `sortOptions` sets; `default` without one.
///
/// # Errors
/// The order is unknown, or lists of kinds are given where they have no effect.
pub fn order(options: Option<&Node>, default: &SortOrder) -> Result<SortOrder> {
    let Some(node) = options else { return Ok(default.clone()) };
    let SortOptions { order, legacy_sort_options } = decode(node, Unknown::Refuse)?;
    let words = match (order.as_str(), &legacy_sort_options) {
        ("fifo", Some(_)) => {
            "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'"
        }
        _ => "the field 'sortOptions.order' must be one of [fifo, legacy]",
    };
    let error =
        |message: String| Diagnostic::error("sort-options", message).at(order.span.unwrap_or(node.span())).finishing_words(words);
    match (order.as_str(), legacy_sort_options) {
        ("legacy", None) => Ok(SortOrder::default()),
        ("legacy", Some(LegacySortOptions { order_first, order_last })) => {
            Ok(SortOrder::Legacy { first: order_first, last: order_last })
        }
        ("fifo", None) => Ok(SortOrder::Fifo),
        ("fifo", Some(_)) => Err(error("`legacySortOptions` is not allowed with `order: fifo`".into()).into()),
        ("", _) => Err(error("`order` is required".into()).help("set it to `fifo` or `legacy`").into()),
        (other, _) => {
            let near = did_you_mean(other, ["fifo", "legacy"]).map(|near| format!("did you mean `{near}`?"));
            Err(error(format!("expected one of `fifo`, `legacy`, found `{other}`")).help_if(near).into())
        }
    }
}
