//! The names of time zones, as in the IANA database that the server carries.

static NAMES: &str = include_str!("time_zones.txt");

/// All names, sorted.
pub fn all() -> impl Iterator<Item = &'static str> {
    NAMES.lines()
}

/// Whether there is a time zone of this name; upper and lower case count.
pub fn is_known(name: &str) -> bool {
    all().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_count_case() {
        assert!(all().is_sorted_by(|a, b| a < b) && all().count() > 500);
        assert!(is_known("Europe/Berlin") && is_known("UTC") && is_known("Etc/GMT+2"));
        assert!(!is_known("europe/berlin") && !is_known("Local") && !is_known("") && !is_known("GMT+2"));
    }
}
