//! The names of time zones, from the IANA database that the server includes.

static NAMES: &str = include_str!("time_zones.txt");

/// All names, sorted.
pub fn all() -> impl Iterator<Item = &'static str> {
    NAMES.lines()
}

/// Whether a time zone exists; names are case-sensitive.
pub fn is_known(name: &str) -> bool {
    all().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_case_sensitive() {
        assert!(all().is_sorted_by(|a, b| a < b) && all().count() > 500);
        assert!(is_known("Europe/Berlin") && is_known("UTC") && is_known("Etc/GMT+2"));
        assert!(!is_known("europe/berlin") && !is_known("Local") && !is_known("") && !is_known("GMT+2"));
    }
}
