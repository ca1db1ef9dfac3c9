//! The facts of all environments, aligned by field: what becomes the rows of the table.

use std::collections::{BTreeSet, HashMap};

use super::views::Fact;

/// A field of an object with its fact in each environment.
pub struct Line {
    /// The name of the field.
    pub field: String,
    /// Per environment: `None` without the object, `Some(None)` without the field.
    pub found: Vec<Option<Option<Fact>>>,
}

impl Line {
    /// The facts.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.found.iter().flatten().flatten()
    }

    /// Whether environments that have the object differ.
    pub fn has_values_that_differ(&self) -> bool {
        let values: BTreeSet<Option<&str>> =
            self.found.iter().flatten().map(|fact| fact.as_ref().map(|fact| &*fact.same)).collect();
        values.len() > 1
    }

    /// Whether an environment has the object but not the field.
    pub fn is_lacking(&self) -> bool {
        self.found.iter().any(|found| matches!(found, Some(None)))
    }
}

/// Aligns the facts of several environments by field; `None` where there is no object.
pub fn aligned(facts: Vec<Option<Vec<Fact>>>) -> Vec<Line> {
    let fields = in_order(&facts);
    let by_field = |facts: Vec<Fact>| facts.into_iter().map(|fact| (fact.field.clone(), fact)).collect();
    let mut facts: Vec<Option<HashMap<String, Fact>>> = facts.into_iter().map(|facts| facts.map(by_field)).collect();
    let line = |field: String| {
        let found = facts.iter_mut().map(|facts| facts.as_mut().map(|facts| facts.remove(&field))).collect();
        Line { field, found }
    };
    fields.into_iter().map(line).collect()
}

/// The fields of all environments in the order of the first environment. Fields that only later environments have come after
/// the field that they follow there.
fn in_order(facts: &[Option<Vec<Fact>>]) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for facts in facts.iter().flatten() {
        let known: BTreeSet<String> = order.iter().cloned().collect();
        let mut behind: HashMap<Option<String>, Vec<String>> = HashMap::new();
        let mut new = BTreeSet::new();
        let mut last = None;
        for fact in facts {
            if known.contains(&fact.field) {
                last = Some(fact.field.clone());
            } else if new.insert(fact.field.as_str()) {
                behind.entry(last.clone()).or_default().push(fact.field.clone());
            }
        }
        let mut next = behind.remove(&None).unwrap_or_default();
        for field in order {
            next.push(field.clone());
            next.extend(behind.remove(&Some(field)).unwrap_or_default());
        }
        order = next;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additional_fields_come_after_the_fields_that_they_follow() {
        let facts = |fields: &str| Some(fields.chars().map(|field| Fact::new(field, "")).collect::<Vec<_>>());
        let order = in_order(&[facts("adf"), None, facts("abcd"), facts("xdf"), facts("efe")]);
        assert_eq!(order.concat(), "exabcdf");
    }
}
