//! Validates JSON with the part of JSON Schema 2020-12 that the schemas of this program use. It is stricter than a validator for
//! users: properties that a schema does not list are an error, so that a schema stays complete. Unknown keywords panic.

use serde_json::Value;

/// A schema.
pub struct Schema(pub Value);

impl Schema {
    /// What is wrong with a value, with paths.
    pub fn errors(&self, value: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        self.check(&self.0, value, "$", &mut errors);
        errors
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, errors: &mut Vec<String>) {
        let keywords = schema.as_object().unwrap_or_else(|| panic!("not a schema: {schema}"));
        let fail = |errors: &mut Vec<String>, message: String| errors.push(format!("{at}: {message}"));
        for (keyword, rule) in keywords {
            match keyword.as_str() {
                "$schema" | "$id" | "$defs" | "title" | "description" => {}
                "type" if !is_of(rule, value) => fail(errors, format!("expected {rule}, found {value}")),
                "const" if rule != value => fail(errors, format!("expected {rule}, found {value}")),
                "enum" if !list(rule).contains(value) => fail(errors, format!("expected one of {rule}, found {value}")),
                "minimum" if value.as_i64() < rule.as_i64() => fail(errors, format!("expected at least {rule}, found {value}")),
                "minItems" if length(value) < rule.as_u64() => fail(errors, format!("expected {rule} items")),
                "maxItems" if length(value) > rule.as_u64() => fail(errors, format!("expected {rule} items")),
                "type" | "const" | "enum" | "minimum" | "minItems" | "maxItems" => {}
                "required" => {
                    let missing = list(rule).iter().filter(|name| value.get(name.as_str().expect("a name")).is_none());
                    missing.for_each(|name| fail(errors, format!("{name} is required")));
                }
                "properties" => {
                    for (name, value) in value.as_object().into_iter().flatten() {
                        match rule.get(name) {
                            Some(schema) => self.check(schema, value, &format!("{at}.{name}"), errors),
                            None => errors.push(format!("{at}: the schema does not list `{name}`")),
                        }
                    }
                    continue;
                }
                "items" => self.items(value.as_array().into_iter().flatten().map(|item| (rule, item)), at, errors),
                "prefixItems" => self.items(list(rule).iter().zip(value.as_array().into_iter().flatten()), at, errors),
                "$ref" => {
                    let name = rule.as_str().and_then(|name| name.strip_prefix("#/$defs/")).expect("a local definition");
                    self.check(&self.0["$defs"][name], value, at, errors);
                }
                "oneOf" => {
                    let found = list(rule).iter().map(|schema| {
                        let mut errors = Vec::new();
                        self.check(schema, value, at, &mut errors);
                        errors
                    });
                    let found: Vec<Vec<String>> = found.collect();
                    if found.iter().filter(|errors| errors.is_empty()).count() != 1 {
                        errors.push(format!("{at}: none or several of these apply: {found:?}"));
                    }
                }
                unknown => panic!("the keyword `{unknown}` is not known here"),
            }
        }
    }

    fn items<'v>(&self, pairs: impl Iterator<Item = (&'v Value, &'v Value)>, at: &str, errors: &mut Vec<String>) {
        pairs.enumerate().for_each(|(index, (schema, item))| self.check(schema, item, &format!("{at}[{index}]"), errors));
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

fn length(value: &Value) -> Option<u64> {
    value.as_array().map(|items| items.len() as u64)
}

fn is_of(name: &Value, value: &Value) -> bool {
    match name.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        unknown => panic!("the type `{unknown}` is not known here"),
    }
}
