//! Trees of kustomizations: layers of bases and overlays, components, and their files.

use super::document::{Yaml, map, write_all};
use super::fields::FIELDS;
use super::objects::Object;
use super::odd;
use super::random::Random;
use super::values::Values;

/// A file of a tree.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    pub path: String,
    pub content: Content,
    /// Lines end in CRLF.
    pub crlf: bool,
}

/// The content of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Documents(Vec<Yaml>),
    Text(String),
}

/// Files by path; the kustomization to build is at the top.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    pub files: Vec<File>,
}

impl File {
    pub fn documents(path: impl Into<String>, documents: Vec<Yaml>) -> Self {
        File { path: path.into(), content: Content::Documents(documents), crlf: false }
    }

    pub fn text(path: impl Into<String>, text: impl Into<String>) -> Self {
        File { path: path.into(), content: Content::Text(text.into()), crlf: false }
    }

    pub fn written(&self) -> String {
        let text = match &self.content {
            Content::Documents(documents) => write_all(documents),
            Content::Text(text) => text.clone(),
        };
        if self.crlf { text.replace('\n', "\r\n") } else { text }
    }
}

/// A kustomization under construction.
pub struct Layer {
    pub directory: String,
    pub is_component: bool,
    pub kustomization: Yaml,
    /// Files next to the kustomization, with paths relative to it.
    pub files: Vec<File>,
    /// The visible objects, from below and its own.
    pub objects: Vec<Object>,
    /// The prefix and suffix that it adds to names.
    pub prefix: String,
    pub suffix: String,
}

impl Layer {
    /// Adds an item to a list of the kustomization.
    pub fn push(&mut self, field: &str, item: Yaml) {
        match self.kustomization.get_mut(field) {
            Some(Yaml::Seq(items, _)) => items.push(item),
            _ => self.kustomization.set(field, vec![item]),
        }
    }

    /// Adds a file with a unique name.
    pub fn add_file(&mut self, stem: &str, documents: Vec<Yaml>) -> String {
        let path = format!("{stem}{}.yaml", self.files.len());
        self.files.push(File::documents(path.clone(), documents));
        path
    }
}

/// Generates trees.
pub struct Maker {
    values: Values,
    files: Vec<File>,
    directories: usize,
    used: Vec<(String, String, Option<String>)>,
}

/// The tree of a seed.
pub fn tree(seed: u64) -> Tree {
    let mut random = Random::new(seed);
    let oddness = random.below(4);
    let mut maker = Maker { values: Values { random, oddness }, files: Vec::new(), directories: 0, used: Vec::new() };
    let depth = [0, 0, 1, 1, 1, 2, 2, 3][maker.values.random.below(8)];
    maker.layer(String::new(), depth, None);
    let mut files = maker.files;
    odd::decorate(&mut files, &mut maker.values);
    Tree { files }
}

impl Maker {
    /// Generates a layer and everything below it; returns the objects that it passes on. A component receives those of its
    /// parent.
    fn layer(&mut self, directory: String, depth: usize, parent: Option<Vec<Object>>) -> Vec<Object> {
        let is_component = parent.is_some();
        let mut layer = Layer {
            directory,
            is_component,
            kustomization: map! {},
            files: Vec::new(),
            objects: parent.unwrap_or_default(),
            prefix: String::new(),
            suffix: String::new(),
        };
        self.header(&mut layer);
        self.bases(&mut layer, depth);
        self.resources(&mut layer, depth);
        let fields = FIELDS.len();
        let density = self.values.random.between(1, 3);
        let (before, after) = FIELDS.split_at(FIELDS.iter().position(|field| field.0 == "components").unwrap_or(fields));
        for (_, percent, make) in before {
            self.field(&mut layer, percent * density / 2, *make);
        }
        if depth > 0 && self.values.random.one_in(3) {
            self.component(&mut layer, depth);
        }
        for (_, percent, make) in after {
            self.field(&mut layer, percent * density / 2, *make);
        }
        self.finish(layer)
    }

    fn field(&mut self, layer: &mut Layer, percent: usize, make: fn(&mut Values, &mut Layer)) {
        if self.values.random.chance(percent) {
            make(&mut self.values, layer);
        }
    }

    fn header(&mut self, layer: &mut Layer) {
        if layer.is_component {
            layer.kustomization.set("apiVersion", "kustomize.config.k8s.io/v1alpha1");
            layer.kustomization.set("kind", "Component");
        } else if self.values.random.one_in(6) {
            layer.kustomization.set("apiVersion", "kustomize.config.k8s.io/v1beta1");
            layer.kustomization.set("kind", "Kustomization");
        }
    }

    fn bases(&mut self, layer: &mut Layer, depth: usize) {
        if depth == 0 {
            return;
        }
        let count = if self.values.random.one_in(4) { 2 } else { 1 };
        for _ in 0..count {
            let (directory, path) = self.directory("base", layer);
            let objects = self.layer(directory, depth - 1, None);
            layer.push(if self.values.odd(1) { "bases" } else { "resources" }, path.into());
            layer.objects.extend(objects);
        }
    }

    fn component(&mut self, layer: &mut Layer, depth: usize) {
        let (directory, path) = self.directory("component", layer);
        let objects = self.layer(directory, depth - 1, Some(std::mem::take(&mut layer.objects)));
        layer.push("components", path.into());
        layer.objects = objects;
    }

    /// A new directory, and its path relative to a layer.
    fn directory(&mut self, stem: &str, layer: &Layer) -> (String, String) {
        let name = format!("{stem}{}", self.directories);
        self.directories += 1;
        let path = if layer.directory.is_empty() { name.clone() } else { format!("../{name}") };
        (name, path)
    }

    fn resources(&mut self, layer: &mut Layer, depth: usize) {
        let most = if depth == 0 && !layer.is_component { 5 } else { 2 };
        let least = usize::from(depth == 0 && !layer.is_component);
        let mut objects: Vec<Object> = (0..self.values.random.between(least, most)).map(|_| self.object()).collect();
        layer.objects.extend(objects.iter().cloned());
        while !objects.is_empty() {
            let count = self.values.random.between(1, objects.len());
            let rest = objects.split_off(count);
            let documents = self.lists(objects.into_iter().map(|object| object.content).collect());
            let path = layer.add_file("resources", documents);
            layer.push("resources", path.into());
            objects = rest;
        }
    }

    /// An object with an id that is usually unique.
    fn object(&mut self) -> Object {
        loop {
            let name = self.values.name();
            let namespace = self.values.random.one_in(4).then(|| self.values.namespace());
            let object = self.values.object(&name, namespace);
            let id = (object.kind.clone(), object.name.clone(), object.namespace.clone());
            if !self.used.contains(&id) || self.values.odd(1) {
                self.used.push(id);
                return object;
            }
        }
    }

    /// Wraps documents in lists in random places, and adds empty ones.
    fn lists(&mut self, mut documents: Vec<Yaml>) -> Vec<Yaml> {
        if self.values.odd(2) {
            let kind = self.values.random.pick(&["List", "ConfigMapList", "FooList"]);
            documents = vec![map! { "apiVersion" => "v1", "kind" => kind, "items" => documents }];
        }
        if self.values.odd(2) {
            let at = self.values.random.below(documents.len() + 1);
            documents.insert(at, Yaml::plain(self.values.random.pick(&["", "null", "{}", "# nothing"])));
        }
        documents
    }

    fn finish(&mut self, layer: Layer) -> Vec<Object> {
        let at = |path: &str| if layer.directory.is_empty() { path.to_owned() } else { format!("{}/{path}", layer.directory) };
        let mut kustomization = layer.kustomization;
        if kustomization.is_empty() {
            kustomization.set("resources", Yaml::plain("[]"));
        }
        if self.values.random.one_in(3)
            && let Yaml::Map(entries, _) = &mut kustomization
        {
            self.values.random.shuffle(entries);
        }
        let name = if self.values.odd(1) { "kustomization.yml" } else { "kustomization.yaml" };
        self.files.push(File::documents(at(name), vec![kustomization]));
        self.files.extend(layer.files.into_iter().map(|file| File { path: at(&file.path), ..file }));
        let mut objects = layer.objects;
        for object in &mut objects {
            object.current = format!("{}{}{}", layer.prefix, object.current, layer.suffix);
        }
        objects
    }
}
