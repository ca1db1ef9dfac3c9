//! Objects as a tree of directories, or of owners. Behavior: kyaml's `TreeWriter`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use anyhow::anyhow;

use super::columns::Branch;
use super::file_annotations::{PATH, complete};
use super::meta::Meta;
use super::object::Object;
use super::tree_fields::{Field, Shown, shown};
use super::{KRM_FILE, fields};
use crate::go_yaml::{Kind, Node};
use crate::kustomize_words::paths::{base, dir, join};

/// The structure of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// Directories.
    Directory,
    /// Owners.
    Owners,
    /// Owners if an object has one, directories otherwise.
    Automatic,
}

/// How a tree is printed.
pub struct Tree<'t> {
    /// The directory.
    pub root: &'t str,
    /// The fields that are shown.
    pub fields: &'t [Field],
    /// The structure.
    pub structure: Structure,
}

impl Tree<'_> {
    /// The text of the tree.
    ///
    /// # Errors
    /// A node on the path of a field is of another kind, or an owner is not among the objects.
    pub fn print(&self, objects: &[Object]) -> anyhow::Result<String> {
        let has_owner = |object: &Object| {
            fields::lookup(&object.borrow(), &["metadata", "ownerReferences"]).is_ok_and(|owners| owners.is_some())
        };
        match self.structure {
            Structure::Directory => self.directories(objects),
            Structure::Owners => self.owners(objects),
            Structure::Automatic if objects.iter().any(has_owner) => self.owners(objects),
            Structure::Automatic => self.directories(objects),
        }
    }

    fn directories(&self, objects: &[Object]) -> anyhow::Result<String> {
        let mut packages: BTreeMap<String, Vec<(Meta, &Object)>> = BTreeMap::new();
        for object in objects {
            complete(&mut object.borrow_mut())?;
            let meta = Meta::of(&object.borrow());
            if !meta.kind.is_empty() {
                packages.entry(dir(meta.annotation(PATH))).or_default().push((meta, object));
            }
        }
        let mut arena = vec![(Branch::new(self.root), Vec::new())];
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (package, mut found) in packages {
            let parent =
                places.iter().filter(|(parent, _)| package.starts_with(parent.as_str())).max_by_key(|(parent, _)| parent.len());
            let parent = parent.map_or(0, |(_, place)| *place);
            let mut place = parent;
            if package != "." {
                place = arena.len();
                arena.push((Branch::new(self.branch_name(&package)), Vec::new()));
                arena[parent].1.push(place);
            }
            sort_as_go(&mut found, |(a, _), (b, _)| compare(a, b));
            for (meta, object) in found {
                let branch = self.branch(&object.borrow(), base(meta.annotation(PATH)))?;
                let at = arena.len();
                arena.push((branch, Vec::new()));
                arena[place].1.push(at);
            }
            places.insert(package, place);
        }
        Ok(assemble(&mut arena, 0).print())
    }

    /// The name of a directory, with a mark if it is a package of its own.
    fn branch_name(&self, package: &str) -> String {
        let file = join(&join(self.root, package), KRM_FILE);
        let is_missing = std::fs::metadata(file).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        if is_missing { base(package).to_owned() } else { format!("Pkg: {}", base(package)) }
    }

    fn branch(&self, node: &Node, label: &str) -> anyhow::Result<Branch> {
        let meta = Meta::of(node);
        let name = if meta.namespace.is_empty() { meta.name } else { format!("{}/{}", meta.namespace, meta.name) };
        let mut branch = Branch { meta: Some(label.to_owned()), ..Branch::new(format!("{} {name}", meta.kind)) };
        let leaf = |name: &str, text: &str| Branch::new(format!("{name}: {text}"));
        for (name, field) in shown(node, self.fields)? {
            branch.children.push(match field {
                Shown::Value(text) => leaf(&name, &text),
                Shown::Items(items) => {
                    let item = |(at, fields): (usize, Vec<(String, String)>)| {
                        let children = fields.iter().map(|(name, text)| leaf(name, text)).collect();
                        Branch { children, ..Branch::new(at.to_string()) }
                    };
                    Branch { children: items.into_iter().enumerate().map(item).collect(), ..Branch::new(name) }
                }
            });
        }
        Ok(branch)
    }

    fn owners(&self, objects: &[Object]) -> anyhow::Result<String> {
        let mut owners = Owners::default();
        for object in objects {
            owners.add(object)?;
        }
        let missing = owners.names.iter().filter(|(_, at)| owners.nodes[**at].object.is_none()).map(|(name, _)| name).min();
        if let Some(name) = missing {
            return Err(anyhow!("owner '{name}' not found in input, but found as an owner of input objects"));
        }
        let mut root = Branch::new(".");
        for at in owners.sorted(&owners.roots) {
            root.children.push(self.owner(&owners, at)?);
        }
        Ok(root.print())
    }

    fn owner(&self, owners: &Owners<'_>, at: usize) -> anyhow::Result<Branch> {
        let Some(object) = owners.nodes[at].object else { return Ok(Branch::default()) };
        let mut branch = self.branch(&object.borrow(), "Resource")?;
        for child in owners.sorted(&owners.nodes[at].children) {
            branch.children.push(self.owner(owners, child)?);
        }
        Ok(branch)
    }
}

/// Takes a branch with all below it out of the list.
fn assemble(arena: &mut [(Branch, Vec<usize>)], at: usize) -> Branch {
    let (mut branch, children) = std::mem::take(&mut arena[at]);
    branch.children.extend(children.into_iter().map(|child| assemble(arena, child)).collect::<Vec<_>>());
    branch
}

/// Objects by owner.
#[derive(Default)]
struct Owners<'o> {
    nodes: Vec<Owned<'o>>,
    names: HashMap<String, usize>,
    roots: Vec<usize>,
}

#[derive(Default)]
struct Owned<'o> {
    object: Option<&'o Object>,
    children: Vec<usize>,
}

impl<'o> Owners<'o> {
    fn place(&mut self, name: String) -> usize {
        *self.names.entry(name).or_insert_with(|| {
            self.nodes.push(Owned::default());
            self.nodes.len() - 1
        })
    }

    fn add(&mut self, object: &'o Object) -> anyhow::Result<()> {
        let node = object.borrow();
        let meta = Meta::required(&node)?;
        let owner = owner_of(&node, &meta)?.map(|owner| self.place(owner));
        let at = self.place(format!("{} {}/{}", meta.kind, meta.namespace, meta.name));
        self.nodes[at].object = Some(object);
        match owner {
            Some(owner) => self.nodes[owner].children.push(at),
            None => self.roots.push(at),
        }
        Ok(())
    }

    fn sorted(&self, places: &[usize]) -> Vec<usize> {
        let meta = |at: &usize| self.nodes[*at].object.map(|object| Meta::of(&object.borrow())).unwrap_or_default();
        let mut places: Vec<(usize, Meta)> = places.iter().map(|at| (*at, meta(at))).collect();
        sort_as_go(&mut places, |(_, a), (_, b)| compare(a, b));
        places.into_iter().map(|(at, _)| at).collect()
    }
}

/// The first owner of an object.
fn owner_of(node: &Node, meta: &Meta) -> anyhow::Result<Option<String>> {
    let Some(owners) = fields::lookup(node, &["metadata", "ownerReferences"])? else { return Ok(None) };
    fields::check_kind(owners, Kind::Sequence)?;
    let Some(owner) = owners.content.first() else { return Ok(None) };
    let text = |name| fields::filled(owner, name).map_or("", |value| value.value.as_str());
    Ok(Some(format!("{} {}/{}", text("kind"), meta.namespace, text("name"))))
}

/// The order of objects: by file, namespace, name, kind, and version.
fn compare(a: &Meta, b: &Meta) -> Ordering {
    let key = |meta: &Meta| {
        let Meta { namespace, name, kind, api_version, .. } = meta.clone();
        (base(meta.annotation(PATH)).to_owned(), namespace, name, kind, api_version)
    };
    key(a).cmp(&key(b))
}

/// Sorts as kyaml does, for which each of two equal objects comes before the other.
fn sort_as_go<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    if items.len() > 12 {
        return items.sort_by(order);
    }
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && order(&items[at], &items[at - 1]) != Ordering::Greater {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}
