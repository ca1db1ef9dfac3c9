//! What a group of objects with the same changes is called, and where it applies, for all output formats that people read.

use std::collections::BTreeSet;

use super::text::{inline_side, plural};
use crate::diff::groups::{Folded, Group, Noted, Shared, Spot, count, identity, spots};
use crate::diff::model::ObjectKind;
use crate::escape::line;

/// The maximum number of lines about overlays.
const MOST_SPOTS: usize = 10;
/// The number of names that each of several lines has.
const LEAST_NAMES: usize = 3;

/// Where a group applies.
pub struct Where {
    /// `9 Deployments in 3 overlays`, `Deployment shop/web in 3 overlays`
    pub title: String,
    /// The objects, if they are the same in all overlays and not part of the title.
    pub names: Option<String>,
    /// One line per set of overlays: `in overlays/dev, overlays/production`, `in overlays/dev: Deployment shop/web`.
    pub lines: Vec<String>,
}

/// Where a group applies, with at most `most` objects and overlays per line.
pub fn applies(folded: &Folded<'_>, group: &Group<'_>, most: usize) -> Where {
    let spots = spots(&group.members);
    let overlays: BTreeSet<usize> = group.members.iter().map(|member| member.overlay).collect();
    let within = if overlays.len() > 1 { format!(" in {}", plural(overlays.len(), "overlay")) } else { String::new() };
    let counted = format!("{}{within}", line(&count(&group.members)));
    let overlays_of =
        |spot: &Spot| format!("in {}", bounded(spot.overlays.iter().map(|at| line(folded.name(*at)).into_owned()), most));
    match spots.as_slice() {
        [spot] => {
            let lines = if overlays.len() > 1 { vec![overlays_of(spot)] } else { Vec::new() };
            match spot.objects.as_slice() {
                [_] if overlays.len() > 1 => {
                    Where { title: format!("{}{within}", objects(&spot.objects, most, "")), names: None, lines }
                }
                [(kind, _), rest @ ..] => {
                    let known = if rest.iter().all(|(other, _)| other == kind) { kind } else { "" };
                    Where { title: counted, names: Some(objects(&spot.objects, most, known)), lines }
                }
                [] => Where { title: counted, names: None, lines },
            }
        }
        spots => {
            let most = (most / spots.len()).max(LEAST_NAMES);
            let mut lines: Vec<String> = spots
                .iter()
                .take(MOST_SPOTS)
                .map(|spot| format!("{}: {}", overlays_of(spot), objects(&spot.objects, most, "")))
                .collect();
            if spots.len() > MOST_SPOTS {
                let others: usize = spots[MOST_SPOTS..].iter().map(|spot| spot.objects.len()).sum();
                lines.push(format!("and {} in other overlays", plural(others, "object")));
            }
            Where { title: counted, names: None, lines }
        }
    }
}

/// `Deployment shop/api, shop/web, Service shop/web, and 12 more`, without the kind of the first ones if it is `known`.
fn objects(objects: &[(String, String)], most: usize, known: &str) -> String {
    let mut kind = known;
    let named = objects.iter().map(|(of, name)| {
        let text = if of == kind { name.clone() } else { format!("{of} {name}").trim_start().to_owned() };
        kind = of;
        line(&text).into_owned()
    });
    bounded(named, most)
}

/// A list with at most `most` items: `a, b, and 12 more`.
pub fn bounded(items: impl ExactSizeIterator<Item = String>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let mut shown: Vec<String> = items.take(most).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}

/// The sign of a group: that of its objects, if they have the same one.
pub fn sign(group: &Group<'_>) -> char {
    let signs: BTreeSet<char> = group.members.iter().map(|member| member.object.kind.sign()).collect();
    match signs.first() {
        Some(sign) if signs.len() == 1 => *sign,
        _ => ObjectKind::Changed.sign(),
    }
}

/// What happened to all objects of a group: `changed` if it differs.
pub fn kind(group: &Group<'_>) -> ObjectKind {
    let kinds: BTreeSet<ObjectKind> = group.members.iter().map(|member| member.object.kind).collect();
    match kinds.first() {
        Some(kind) if kinds.len() == 1 => *kind,
        _ => ObjectKind::Changed,
    }
}

/// A tag that changes.
pub struct Tag {
    /// `image web`, or `image tag` if several images have it.
    pub name: String,
    /// The old tag.
    pub old: String,
    /// The new tag.
    pub new: String,
    /// ` of shop/api, shop/web`, or nothing if there is one image.
    pub images: String,
}

/// The tag that changes, with at most `most` images; `None` if it is not about a tag.
pub fn tag(shared: &Shared<'_>, most: usize) -> Option<Tag> {
    let (images, old, new) = shared.tag.as_ref()?;
    let text = |text: &str| line(text).into_owned();
    let (name, images) = match images.as_slice() {
        [image] => (format!("image {}", line(image)), String::new()),
        images => ("image tag".into(), format!(" of {}", bounded(images.iter().map(|image| text(image)), most))),
    };
    Some(Tag { name, old: text(old), new: text(new), images })
}

/// A change in one line, without its locations: `spec.replicas: 1 -> 2`, `added metadata.annotations[a]: b`.
pub fn short(group: &Group<'_>, shared: &Shared<'_>) -> String {
    if let Some(Tag { name, old, new, images }) = tag(shared, LEAST_NAMES) {
        return format!("{name}: {old} -> {new}{images}");
    }
    let path = line(&shared.path).into_owned();
    let Some(change) = shared.change else {
        let object = group.members.first().map(|member| member.object);
        return match kind(group) {
            ObjectKind::Changed => String::new(),
            ObjectKind::Renamed | ObjectKind::Moved => {
                object.and_then(identity).map(|text| line(&text).into_owned()).unwrap_or_default()
            }
            kind => kind.name().to_owned(),
        };
    };
    let value = |side| inline_side(change, side);
    match (&change.old, &change.new) {
        _ if change.order.is_some() => format!("{path}: order changed"),
        (None, new) => value(new.as_ref()).map_or(format!("{path}: added"), |new| format!("{path}: added {new}")),
        (old, None) => value(old.as_ref()).map_or(format!("{path}: removed"), |old| format!("{path}: removed {old}")),
        (old, new) => match (value(old.as_ref()), value(new.as_ref())) {
            (Some(old), Some(new)) if change.inside.is_none() => format!("{path}: {old} -> {new}"),
            _ => format!("{path}: changed"),
        },
    }
}

/// A note of a group: `pods restart: 6 of 9 objects`.
pub fn note(noted: &Noted<'_>, members: usize) -> String {
    let text = line(&noted.text).into_owned();
    let count = if noted.members == members { String::new() } else { format!(" ({} of {members} objects)", noted.members) };
    let others = if noted.others == 0 { String::new() } else { format!("; {} more like this", noted.others) };
    format!("{text}{count}{others}")
}

/// The locations: the first one, and how many others there are.
pub fn locations(places: &[String]) -> Option<String> {
    let first = places.first()?;
    Some(match places.len() - 1 {
        0 => first.clone(),
        others => format!("{first} and {}", plural(others, "other place")),
    })
}
