//! Parses IP addresses and CIDRs as the API server does in fields that predate its strict rules.
//!
//! Behavior: `netutils.ParseIPSloppy` and `ParseCIDRSloppy`: the numbers of an IPv4 address can have leading zeros. IPv4-mapped
//! IPv6 addresses (`::ffff:1.2.3.4`) are IPv4, as in Go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Parses an IP address.
pub fn ip(text: &str) -> Option<IpAddr> {
    if !text.contains(':') {
        return ipv4(text).map(IpAddr::V4);
    }
    let address: Ipv6Addr = text.parse().ok()?;
    Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4))
}

fn ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut parts = text.split('.');
    let mut octet = || {
        let digits = parts.next()?;
        let valid = !digits.is_empty() && digits.len() < 16 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if valid { digits.parse::<u64>().ok().and_then(|number| u8::try_from(number).ok()) } else { None }
    };
    let address = Ipv4Addr::new(octet()?, octet()?, octet()?, octet()?);
    parts.next().is_none().then_some(address)
}

/// A network: the bits of its first address and the length of its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    /// 32 or 128.
    width: u32,
    mask: u32,
}

impl Network {
    /// Parses a CIDR such as `10.0.0.0/8`.
    pub fn parse(text: &str) -> Option<Network> {
        let (address, digits) = text.split_once('/')?;
        let (bits, width): (u128, u32) = match ip(address)? {
            IpAddr::V4(address) if !address_is_v6(text) => (u128::from(u32::from(address)), 32),
            IpAddr::V4(address) => (u128::from(address.to_ipv6_mapped()), 128),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let valid = !digits.is_empty() && digits.len() < 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let mask: u32 = if valid { digits.parse().ok()? } else { return None };
        let host = width.checked_sub(mask)?;
        Some(Network { bits: bits.checked_shr(host).map_or(0, |kept| kept.checked_shl(host).unwrap_or(0)), width, mask })
    }

    /// Whether another network is a strict subset of this one.
    pub fn contains_smaller(self, other: Network) -> bool {
        let host = self.width - self.mask;
        self.width == other.width
            && self.mask < other.mask
            && self.bits.checked_shr(host).unwrap_or(0) == other.bits.checked_shr(host).unwrap_or(0)
    }
}

fn address_is_v6(text: &str) -> bool {
    text.contains(':')
}

/// Checks that traffic can be sent to an address.
///
/// # Errors
/// The reason why it can't, as a phrase that follows the address.
pub fn special(address: IpAddr) -> Result<(), &'static str> {
    let (link_local, multicast) = match address {
        IpAddr::V4(v4) => (v4.is_link_local(), v4.octets().starts_with(&[224, 0, 0])),
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            (first & 0xffc0 == 0xfe80, first & 0xff0f == 0xff02)
        }
    };
    match () {
        () if address.is_unspecified() => Err("must not be the unspecified address (0.0.0.0, ::)"),
        () if address.is_loopback() => Err("must not be a loopback address (127.0.0.0/8, ::1)"),
        () if link_local => Err("must not be a link-local address (169.254.0.0/16, fe80::/10)"),
        () if multicast => Err("must not be a link-local multicast address (224.0.0.0/24, ff02::/10)"),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_can_have_leading_zeros() {
        assert_eq!(ip("010.000.0.1"), ip("10.0.0.1"));
        assert!(ip("::1").is_some() && ip("::ffff:1.2.3.4") == ip("1.2.3.4"));
        for wrong in ["", "10.0.0", "10.0.0.256", "10.0.0.1/8", "1.2.3.4.5", "a.b.c.d", "10.0.0.1 ", "1:2"] {
            assert!(ip(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn networks_contain_smaller_networks() {
        let network = |text| Network::parse(text).unwrap();
        assert!(network("10.0.0.0/8").contains_smaller(network("10.1.0.0/16")));
        assert!(network("0.0.0.0/0").contains_smaller(network("169.254.169.254/32")));
        assert!(network("::/0").contains_smaller(network("fe80::/10")));
        assert!(!network("10.0.0.0/8").contains_smaller(network("10.0.0.0/8")));
        assert!(!network("10.0.0.0/8").contains_smaller(network("11.0.0.0/16")));
        assert!(!network("::/0").contains_smaller(network("10.0.0.0/8")));
        for wrong in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "x/8", "10.0.0.0/8 "] {
            assert!(Network::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn special_addresses_are_rejected() {
        for wrong in ["127.0.0.1", "::1", "0.0.0.0", "169.254.1.1", "224.0.0.5", "fe80::1", "ff02::1"] {
            assert!(special(ip(wrong).unwrap()).is_err(), "{wrong}");
        }
        assert!(special(ip("10.0.0.1").unwrap()).is_ok() && special(ip("2001:db8::1").unwrap()).is_ok());
    }
}
