//! Builds the table from the environments: the facts that a view extracts from an object in each environment, side by side.

use std::collections::HashMap;

use super::keys::by_key;
use super::lines::{Line, aligned};
use super::pairs::{Pair, pairs};
use super::rank::{Sort, sort};
use super::table::{Cell, ObjectName, Row, Table};
use super::views::{Fact, Surroundings, View};
use crate::confidential::Copies;
use crate::resource::{Pattern, ResMap};

/// An environment: its name and its objects.
pub struct Environment<'a> {
    /// The title of its column.
    pub name: String,
    /// Its objects.
    pub objects: &'a ResMap,
}

/// What to compare and what to show.
pub struct Options<'o> {
    /// The facts to extract from each object.
    pub view: &'o View,
    /// The rows to show.
    pub filter: Filter,
    /// The secret values of all environments, for the objects of each.
    pub copies: &'o [Copies<'o>],
    /// Whether to show the values of Secrets.
    pub show_secrets: bool,
    /// Whether long lists are one value, and each field has a row even if environments lack what contains it.
    pub full: bool,
    /// The order of the rows.
    pub sort: Sort,
}

/// The rows to show. If there are several patterns, one has to match; without patterns, everything matches.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Patterns for kinds.
    pub kinds: Vec<Pattern>,
    /// Patterns for names, or for kinds and names (`Deployment/web`).
    pub objects: Vec<Pattern>,
    /// Patterns for the field names used by the view.
    pub fields: Vec<Pattern>,
    /// Whether to show rows without differences too.
    pub same: bool,
}

impl Filter {
    fn takes_object(&self, name: &ObjectName) -> bool {
        let fits = |pattern: &Pattern| pattern.matches(&name.name) || pattern.matches(&name.to_string());
        any(&self.kinds, |pattern| pattern.matches(&name.kind)) && any(&self.objects, fits)
    }
}

fn any(patterns: &[Pattern], fits: impl Fn(&Pattern) -> bool) -> bool {
    patterns.is_empty() || patterns.iter().any(fits)
}

/// Compares environments and builds the table.
pub fn compare(environments: &[Environment<'_>], options: &Options<'_>) -> Table {
    let names: Vec<String> = environments.iter().map(|environment| environment.name.clone()).collect();
    let named: Vec<(&str, &ResMap)> = environments.iter().map(|one| (one.name.as_str(), one.objects)).collect();
    let each = environments.iter().zip(options.copies);
    let around: Vec<Surroundings> = each.map(|(environment, copies)| Surroundings::new(environment.objects, copies)).collect();
    let filter = &options.filter;
    let mut rows = Vec::new();
    if filter.kinds.is_empty() && filter.objects.is_empty() {
        let facts: Vec<_> = environments.iter().map(|one| Some((options.view.whole)(one.objects))).collect();
        rows.extend(side_by_side(None, facts, options));
    }
    let mut objects = 0;
    for pair in pairs(&named).iter().filter(|pair| filter.takes_object(&pair.name)) {
        objects += 1;
        rows.extend(of_pair(pair, &around, options));
    }
    rows.retain(|row| any(&filter.fields, |pattern| pattern.matches(&row.field)));
    let fields = rows.len();
    rows.retain(|row| filter.same || row.differs);
    Table { environments: names, rows: sort(rows, options.sort), objects, fields }
}

/// The rows of one object.
fn of_pair(pair: &Pair<'_>, around: &[Surroundings], options: &Options<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let is_lacking = pair.objects.iter().any(Option::is_none);
    if is_lacking && (options.view.shows_presence)(&pair.name.kind) {
        let cell = |there: bool| Cell::Value(if there { "yes" } else { "no" }.to_owned());
        let cells = pair.objects.iter().map(|object| cell(object.is_some())).collect();
        rows.push(Row { object: Some(pair.name.clone()), field: "present".to_owned(), cells, differs: true });
    }
    let present = pair.objects.iter().zip(around);
    let marked = |mut facts: Vec<Fact>| {
        let is_secret = |text: &str| options.copies.first().is_some_and(|copies| copies.are_in(text));
        facts.iter_mut().for_each(|fact| fact.secret |= is_secret(&fact.text));
        facts
    };
    let facts = present.map(|(object, around)| object.map(|object| marked((options.view.facts)(object, around)))).collect();
    rows.extend(side_by_side(Some(&pair.name), facts, options));
    rows
}

/// The rows for the facts of several environments; `None` where there is no object.
fn side_by_side(object: Option<&ObjectName>, facts: Vec<Option<Vec<Fact>>>, options: &Options<'_>) -> Vec<Row> {
    let mut lines = aligned(facts);
    if !options.full {
        lines = by_key(lines, options.view);
    }
    lines.into_iter().map(|line| row(object, line, options)).collect()
}

/// The row of a line.
fn row(object: Option<&ObjectName>, line: Line, options: &Options<'_>) -> Row {
    let has_values = line.has_values_that_differ();
    let is_lacking = line.found.iter().any(Option::is_none);
    let is_essential = line.facts().any(|fact| fact.essential);
    let numbers = if has_values { numbered(&line) } else { HashMap::new() };
    let cell = |fact: &Option<Option<Fact>>| match fact {
        None => Cell::NoObject,
        Some(None) => Cell::NoField,
        Some(Some(fact)) if fact.secret && !options.show_secrets => {
            Cell::Masked(numbers.get(fact.same.as_str()).copied().unwrap_or(0))
        }
        Some(Some(fact)) => Cell::Value(fact.text.clone()),
    };
    let cells = line.found.iter().map(cell).collect();
    Row { object: object.cloned(), cells, differs: has_values || (is_lacking && is_essential), field: line.field }
}

/// Numbers the distinct values, starting at 1, in the order of the environments.
fn numbered(line: &Line) -> HashMap<&str, usize> {
    let mut numbers = HashMap::new();
    for fact in line.facts() {
        let next = numbers.len() + 1;
        numbers.entry(fact.same.as_str()).or_insert(next);
    }
    numbers
}
