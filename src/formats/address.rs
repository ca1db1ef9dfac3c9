//! Addresses: `ipv4`, `ipv6`, `cidr`, `mac`.
//!
//! Behavior: `ParseIPSloppy` and `ParseCIDRSloppy` of `k8s.io/utils/net`, which accept leading zeros, and Go's `net.ParseIP` and
//! `net.ParseMAC`.

use std::net::Ipv6Addr;

/// An IPv4 address, or an IPv6 address that ends with one.
pub fn is_ipv4(text: &str) -> bool {
    text.contains('.') && (is_sloppy_ipv4(text) || is_sloppy_ipv6(text))
}

/// An IPv6 address.
pub fn is_ipv6(text: &str) -> bool {
    text.contains(':') && text.parse::<Ipv6Addr>().is_ok()
}

/// A network.
pub fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let Some(bits) = decimal(bits) else { return false };
    is_sloppy_ipv4(address) && bits <= 32 || is_sloppy_ipv6(address) && bits <= 128
}

fn is_sloppy_ipv4(text: &str) -> bool {
    text.split('.').count() == 4 && text.split('.').all(|part| decimal(part).is_some_and(|part| part <= 255))
}

/// An IPv6 address with leading zeros, whose last four bytes may be an IPv4 address.
fn is_sloppy_ipv6(text: &str) -> bool {
    let Some((start, end)) = text.rsplit_once(':') else { return false };
    let is_embedded = end.contains('.');
    let short = |part: &str| match part.trim_start_matches('0') {
        "" if !part.is_empty() => "0".to_owned(),
        rest => rest.to_owned(),
    };
    let mut parts: Vec<String> = start.split(':').map(short).collect();
    parts.push(if is_embedded { "0.0.0.0".to_owned() } else { short(end) });
    (!is_embedded || is_sloppy_ipv4(end)) && parts.join(":").parse::<Ipv6Addr>().is_ok()
}

fn decimal(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches('0');
    let is_decimal = !text.is_empty() && digits.len() <= 7 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_decimal { Some(digits.parse().unwrap_or(0)) } else { None }
}

/// 6, 8, or 20 bytes in hexadecimal: in pairs with `:` or `-`, or in fours with `.`. Since Go 1.26, also without separators.
pub fn is_mac(text: &str) -> bool {
    let groups = |separator: char, digits: usize| {
        let groups = || text.split(separator);
        matches!(groups().count() * digits, 12 | 16 | 40)
            && groups().all(|group| group.len() == digits && group.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let is_plain = matches!(text.len(), 12 | 16 | 40) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_plain || groups(':', 2) || groups('-', 2) || groups('.', 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (fn(&str) -> bool, &'static [&'static str], &'static [&'static str]);

    #[test]
    fn addresses_are_those_of_the_server() {
        let table: [Row; 4] = [
            (
                is_ipv4,
                &["10.0.0.1", "010.0.0.001", "::ffff:1.2.3.4"],
                &["", "10.0.0", "10.0.0.256", "1.2.3.4.5", "::1", "1.2.3.+4"],
            ),
            (is_ipv6, &["::1", "fe80::1", "::ffff:1.2.3.4"], &["", "1.2.3.4", ":::", "fe80::1%eth0", "g::"]),
            (
                is_cidr,
                &["10.0.0.0/8", "010.1.2.3/08", "0fd00::/64", "::ffff:1.2.3.4/96"],
                &["10.0.0.0", "10.0.0.0/33", "::/129", "1.2.3.4/+8", "x/8"],
            ),
            (
                is_mac,
                &["00:00:5e:00:53:01", "02-00-5e-10-00-00-00-01", "0000.5e00.5301"],
                &["", "00:00", "00:00-5e:00:53:01", "00005e00530"],
            ),
        ];
        for (test, right, wrong) in table {
            right.iter().for_each(|text| assert!(test(text), "{text}"));
            wrong.iter().for_each(|text| assert!(!test(text), "{text}"));
        }
    }
}
