//! Selects objects by selectors, and places in objects by paths.

use crate::document::{Yaml, map};
use crate::objects::Object;
use crate::values::Values;

/// A step of a path into a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// A place in a document and its value.
#[derive(Clone, Debug)]
pub struct Place {
    pub steps: Vec<Step>,
    pub value: Yaml,
}

/// All places below the top level of a document.
pub fn places(document: &Yaml) -> Vec<Place> {
    let mut found = Vec::new();
    walk(document, &mut Vec::new(), &mut found);
    found
}

fn walk(value: &Yaml, steps: &mut Vec<Step>, found: &mut Vec<Place>) {
    if !steps.is_empty() {
        found.push(Place { steps: steps.clone(), value: value.clone() });
    }
    for entry in value.entries() {
        steps.push(Step::Key(entry.key.clone()));
        walk(&entry.value, steps, found);
        steps.pop();
    }
    for (index, item) in value.items().iter().enumerate() {
        steps.push(Step::Index(index));
        walk(item, steps, found);
        steps.pop();
    }
}

/// A random place that is not part of the object's identity.
pub fn place(values: &mut Values, object: &Object) -> Option<Place> {
    let identity = ["apiVersion", "kind"];
    let mut all = places(&object.content);
    all.retain(|place| !matches!(&place.steps[0], Step::Key(key) if identity.contains(&key.as_str())));
    // Replacing all metadata or annotations would lose a name, or the information that kustomize keeps there.
    let whole = |place: &Place| matches!(pointer(&place.steps).as_str(), "/metadata" | "/metadata/annotations");
    all.retain(|place| !whole(place));
    if !values.random.one_in(6) {
        all.retain(|place| place.steps.len() > 1 && place.steps[1] != Step::Key("name".into()));
    }
    values.random.choose(&all).cloned()
}

/// The path as a JSON pointer.
pub fn pointer(steps: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Step::Index(index) => format!("/{index}"),
    };
    steps.iter().map(step).collect()
}

/// The path as the field path of a replacement: items by index, by a field, or all of them.
pub fn field_path(values: &mut Values, object: &Object, steps: &[Step]) -> String {
    let mut value = &object.content;
    let mut parts = Vec::new();
    for step in steps {
        let part = match step {
            Step::Key(key) => {
                value = value.get(key).unwrap_or(value);
                if key.contains('.') && values.random.chance(50) { format!("[{key}]") } else { key.replace('.', "\\.") }
            }
            Step::Index(index) => {
                value = value.items().get(*index).unwrap_or(value);
                let field = value.entries().iter().find_map(|entry| Some((entry.key.clone(), entry.value.text()?.to_owned())));
                match (field, values.random.below(4)) {
                    (_, 0) => "*".into(),
                    (Some((key, text)), 1 | 2) => format!("[{key}={text}]"),
                    _ => index.to_string(),
                }
            }
        };
        parts.push(part);
    }
    parts.join(".")
}

/// One of the objects; usually not a generated one.
pub fn object(values: &mut Values, objects: &[Object]) -> Option<Object> {
    let plain: Vec<Object> = objects.iter().filter(|object| !object.generated).cloned().collect();
    if values.random.chance(90) && !plain.is_empty() {
        return values.random.choose(&plain).cloned();
    }
    values.random.choose(objects).cloned()
}

/// The target of a patch that selects an object and possibly others.
pub fn target(values: &mut Values, object: &Object) -> Yaml {
    let mut target = map! {};
    target.set_if(values.random.chance(75), "kind", || object.kind.clone().into());
    target.set_if(values.random.chance(25), "group", || object.group().into());
    target.set_if(values.random.chance(20), "version", || object.version().into());
    let name = object.some_name(values);
    let name = match values.random.below(8) {
        0 => ".*".into(),
        1 => format!("{}.*", name.chars().next().unwrap_or('a')),
        2 => format!("{name}|db"),
        3 => format!("^{name}$"),
        _ => name,
    };
    target.set_if(values.random.chance(65), "name", || name.into());
    if let Some(namespace) = object.namespace.as_ref().filter(|_| values.random.chance(40)) {
        target.set("namespace", namespace.as_str());
    }
    if values.random.one_in(6) {
        let selector = selector(values, object);
        target.set("labelSelector", selector);
    }
    if values.random.one_in(12) {
        let selector = values.random.pick(&["note", "!note", "team=web", "note notin (a)", "example.com/config"]);
        target.set("annotationSelector", selector);
    }
    if target.is_empty() {
        target.set("kind", object.kind.as_str());
    }
    target
}

fn selector(values: &mut Values, object: &Object) -> String {
    let labels = object.content.at(&["metadata", "labels"]).map(Yaml::entries).unwrap_or_default();
    let (key, value) = match values.random.choose(labels) {
        Some(entry) => (entry.key.clone(), entry.value.text().unwrap_or_default().to_owned()),
        None => ("app".into(), "web".into()),
    };
    match values.random.below(8) {
        0 => key,
        1 => format!("!{key}"),
        2 => format!("{key} in ({value}, x)"),
        3 => format!("{key} notin (x)"),
        4 => format!("{key}!={value}"),
        5 => format!("{key}=={value},env"),
        _ => format!("{key}={value}"),
    }
}
