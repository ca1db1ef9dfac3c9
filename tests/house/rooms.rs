//! The list of rooms in ARCHITECTURE.md: each imports only from itself and from those below it.

use super::House;

/// The rooms from the top down, as the first block under the heading "The house" lists them.
pub fn list(document: &str) -> Vec<String> {
    let section = document.split_once("\n## The house\n").map_or("", |(_, section)| section);
    let block = section.split("```").nth(1).unwrap_or_default();
    let mut rooms = Vec::new();
    for line in block.lines().filter(|line| line.starts_with("src/")) {
        let listed = line.split("  ").next().unwrap_or_default();
        for name in listed.split(',').map(str::trim) {
            rooms.push(if name.starts_with("src/") { name.to_owned() } else { format!("src/{name}") });
        }
    }
    rooms
}

/// Imports that climb, and files that are in no room.
pub fn faults(rooms: &[String], house: &House) -> Vec<String> {
    let rank = |file: &str| {
        let matching = rooms.iter().enumerate().filter(|(_, room)| match room.strip_suffix('/') {
            Some(_) => file.starts_with(room.as_str()),
            None => file == room.as_str(),
        });
        matching.max_by_key(|(_, room)| room.len()).map(|(at, _)| at)
    };
    let mut found = Vec::new();
    for file in house.files() {
        let Some(own) = rank(file) else {
            found.push(format!("{file} is in no room"));
            continue;
        };
        for (other, names) in house.imports(file) {
            let is_same = |at: usize| stem(&rooms[at]) == stem(&rooms[own]);
            if rank(other).is_some_and(|at| at < own && !is_same(at)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                found.push(format!("{file} imports {other} ({}), which is in a room above", names.join(", ")));
            }
        }
    }
    found
}

/// A file and the directory of the same name are one room.
fn stem(room: &str) -> &str {
    room.trim_end_matches('/').trim_end_matches(".rs")
}
