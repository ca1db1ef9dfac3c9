//! Lists of Job indexes, such as `0,2-4,7`. Behavior: `validateIndexesFormat`.

/// The number of indexes in a list, which must be less than `completions`, in order, and unique.
///
/// # Errors
/// What is wrong with the list, in words.
pub fn count(list: &str, completions: i64) -> Result<i64, String> {
    if list.is_empty() {
        return Ok(0);
    }
    let mut total = 0;
    let mut last = -1;
    for part in list.split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let index = |text: &str| {
            let number = text.parse::<i32>().ok().map(i64::from).filter(|number| *number >= 0);
            let number = number.ok_or_else(|| format!("`{text}` is not a valid index"))?;
            if number < completions {
                Ok(number)
            } else {
                Err(format!("indexes must be at most {}, found {number}", completions - 1))
            }
        };
        let (first, end) = (index(from)?, index(to)?);
        if first <= last {
            return Err(format!("indexes must be in ascending order, found {first} after {last}"));
        }
        if part.contains('-') && first >= end {
            return Err(format!("the range `{part}` must end after its start"));
        }
        last = end;
        total += end - first + 1;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn indexes_are_in_order_and_below_completions() {
        assert_eq!(count("", 5), Ok(0));
        assert_eq!(count("0,2-4", 5), Ok(4));
        for wrong in ["5", "1,1", "3,2", "2-1", "2-2", "a", "1-", "-1", "1,,2", "0-5"] {
            assert!(count(wrong, 5).is_err(), "{wrong}");
        }
    }
}
