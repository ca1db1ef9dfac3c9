//! Containers: images, resource requests and limits, environment variables, and command-line arguments.

use super::look::{entries, items, text};
use super::{Fact, Surroundings};
use crate::references::templates;
use crate::resource::Resource;
use crate::schema::quantity::Quantity;
use crate::yaml::Node;

/// Facts about containers. Each field includes the name of its container.
pub fn facts(object: &Resource, around: &Surroundings) -> Vec<Fact> {
    let gvk = object.gvk();
    let templates = templates(object.node(), &gvk.group, &gvk.kind);
    let pods = templates.iter().map(|template| template.spec);
    let containers: Vec<&Node> =
        pods.flat_map(|pod| ["initContainers", "containers"].map(|list| items(pod, &[list]))).flatten().collect();
    let each = |facts: fn(&Node, &Surroundings) -> Vec<Fact>| {
        containers.iter().flat_map(move |container| {
            let name = text(container, &["name"]).unwrap_or("?").to_owned();
            let named = move |fact: Fact| Fact { field: format!("{} ({name})", fact.field), ..fact };
            facts(container, around).into_iter().map(named)
        })
    };
    each(image).chain(each(resources)).chain(each(environment)).chain(each(arguments)).collect()
}

fn image(container: &Node, _: &Surroundings) -> Vec<Fact> {
    text(container, &["image"]).map(|image| Fact::new("image", image)).into_iter().collect()
}

fn resources(container: &Node, _: &Surroundings) -> Vec<Fact> {
    let of = |list: &'static str| {
        let amounts = entries(container, &["resources", list]);
        amounts.filter_map(move |(resource, amount)| Some(quantity(format!("{list}.{resource}"), text(amount, &[])?)))
    };
    of("requests").chain(of("limits")).collect()
}

/// A quantity: `1000m` equals `1`.
pub fn quantity(field: String, amount: &str) -> Fact {
    let same = Quantity::parse(amount).map_or_else(|| amount.to_owned(), |quantity| quantity.nanos().to_string());
    Fact::new(field, amount).meaning(same)
}

fn environment(container: &Node, around: &Surroundings) -> Vec<Fact> {
    let one = |variable: &Node| {
        let name = text(variable, &["name"])?;
        let value = match variable.get("valueFrom") {
            Some(from) => source(from, around),
            None => text(variable, &["value"]).unwrap_or_default().to_owned(),
        };
        Some(Fact::new(format!("env {name}"), value))
    };
    let whole = items(container, &["envFrom"]).iter().filter_map(|from| {
        let (kind, reference) = match from.get("configMapRef") {
            Some(reference) => ("ConfigMap", reference),
            None => ("Secret", from.get("secretRef")?),
        };
        Some(format!("{kind}/{}", around.original_name(kind, text(reference, &["name"])?)))
    });
    let whole: Vec<String> = whole.collect();
    let whole = (!whole.is_empty()).then(|| Fact::new("env from", whole.join(", ")).items(whole.iter().map(String::as_str)));
    items(container, &["env"]).iter().filter_map(one).chain(whole).collect()
}

/// The source of a variable.
fn source(from: &Node, around: &Surroundings) -> String {
    for (kind, field) in [("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")] {
        if let Some(reference) = from.get(field) {
            let (name, key) = (text(reference, &["name"]).unwrap_or("?"), text(reference, &["key"]).unwrap_or("?"));
            return format!("{kind}/{}: {key}", around.original_name(kind, name));
        }
    }
    let field = text(from, &["fieldRef", "fieldPath"]).or_else(|| text(from, &["resourceFieldRef", "resource"]));
    field.map_or_else(|| "?".to_owned(), |field| format!("field {field}"))
}

/// Each flag with a value is a separate fact; all other arguments are combined into one.
fn arguments(container: &Node, _: &Surroundings) -> Vec<Fact> {
    let mut flags: Vec<Fact> = Vec::new();
    let mut others = Vec::new();
    for argument in items(container, &["args"]).iter().filter_map(|argument| text(argument, &[])) {
        match argument.split_once('=').filter(|(flag, _)| is_flag(flag)) {
            Some((flag, value)) => match flags.iter_mut().find(|fact| fact.field == flag) {
                Some(fact) => *fact = Fact::new(flag, format!("{}, {value}", fact.text)),
                None => flags.push(Fact::new(flag, value)),
            },
            None => others.push(argument),
        }
    }
    let command: Vec<&str> = items(container, &["command"]).iter().filter_map(|word| text(word, &[])).collect();
    let joined = [("command", command), ("args", others)].into_iter().filter(|(_, words)| !words.is_empty());
    let joined = joined.map(|(field, words)| Fact::new(field, words.join(" ")).items(words.into_iter()));
    joined.chain(flags).collect()
}

fn is_flag(text: &str) -> bool {
    text.starts_with('-') && text.len() > 1 && !text.contains(char::is_whitespace)
}
