//! A side of a comparison from values in JSON.

use render::diff::{Object, Side};
use render::records::Records;
use render::yaml::Dialect;
use serde_json::Value;

/// Objects and their sources.
pub struct Input {
    pub objects: Vec<Object>,
    pub records: Records,
}

impl Input {
    pub fn of(values: &[Value]) -> Input {
        let mut records = Records::default();
        let text: String = values.iter().map(|value| format!("---\n{value}\n")).collect();
        let source = records.sources.add("objects.yaml", text);
        let step = records.provenance.step("", "test");
        let nodes = records.documents(source, step, Dialect::Manifest).expect("objects");
        Input { objects: nodes.into_iter().map(Object::plain).collect(), records }
    }

    pub fn side(&self) -> Side<'_> {
        Side { objects: self.objects.clone(), sources: &self.records.sources, provenance: &self.records.provenance }
    }
}
