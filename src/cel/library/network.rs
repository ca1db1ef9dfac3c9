//! Addresses and networks: `ip('10.0.0.1').family()`, `cidr('10.0.0.0/8').containsIP(self.ip)`.
//!
//! Behaviour: `ip.go` and `cidr.go` of Kubernetes with Go's `net/netip`: no zones, no IPv4 in IPv6.

use std::any::Any;
use std::net::{IpAddr, Ipv6Addr};

use ecow::{EcoString, eco_format};

use super::super::machine::Failure;
use super::super::types::Signature::{self, Bool, Int, String};
use super::super::value::{Opaque, Value};
use super::convert;
use super::row::{Library, function, method, no_overload, text};

const ADDRESS: Signature = Signature::Opaque("net.IP");
const NETWORK: Signature = Signature::Opaque("net.CIDR");

/// Addresses.
pub static IP: Library = Library {
    name: "IP addresses",
    since: 30,
    until: None,
    overloads: &[
        function("string_to_ip", "ip", &[String], ADDRESS, |_, args| address(args, 0).map(|ip| Value::opaque(Ip(ip)))),
        function("is_ip", "isIP", &[String], Bool, |_, args| Ok(Value::Bool(parse(text(args, 0)?).is_some()))),
        function("ip_is_canonical", "ip.isCanonical", &[String], Bool, |_, args| {
            let ip = address(args, 0)?;
            Ok(Value::Bool(eco_format!("{ip}") == *text(args, 0)?))
        }),
        function("ip_to_string", "string", &[ADDRESS], String, convert::string),
        method("ip_family", "family", &[ADDRESS], Int, |_, args| Ok(Value::Int(if ip(args)?.is_ipv4() { 4 } else { 6 }))),
        method("ip_is_unspecified", "isUnspecified", &[ADDRESS], Bool, |_, args| test(args, |ip| ip.is_unspecified())),
        method("ip_is_loopback", "isLoopback", &[ADDRESS], Bool, |_, args| test(args, |ip| ip.is_loopback())),
        method("ip_is_link_local_multicast", "isLinkLocalMulticast", &[ADDRESS], Bool, |_, args| test(args, local_multicast)),
        method("ip_is_link_local_unicast", "isLinkLocalUnicast", &[ADDRESS], Bool, |_, args| test(args, local_unicast)),
        method("ip_is_global_unicast", "isGlobalUnicast", &[ADDRESS], Bool, |_, args| test(args, global_unicast)),
    ],
};

/// Networks.
pub static CIDR: Library = Library {
    name: "CIDR networks",
    since: 30,
    until: None,
    overloads: &[
        function("string_to_cidr", "cidr", &[String], NETWORK, |_, args| network_of(args, 0).map(Value::opaque)),
        function("is_cidr", "isCIDR", &[String], Bool, |_, args| Ok(Value::Bool(parse_network(text(args, 0)?).is_some()))),
        function("cidr_to_string", "string", &[NETWORK], String, convert::string),
        method("cidr_contains_ip_string", "containsIP", &[NETWORK, String], Bool, |_, args| {
            Ok(Value::Bool(network(args, 0)?.holds(address(args, 1)?)))
        }),
        method("cidr_contains_ip_ip", "containsIP", &[NETWORK, ADDRESS], Bool, |_, args| {
            let inner = args.get(1).and_then(Value::as_opaque::<Ip>).ok_or_else(no_overload)?;
            Ok(Value::Bool(network(args, 0)?.holds(inner.0)))
        }),
        method("cidr_contains_cidr_string", "containsCIDR", &[NETWORK, String], Bool, |_, args| {
            Ok(Value::Bool(network(args, 0)?.contains(network_of(args, 1)?)))
        }),
        method("cidr_contains_cidr", "containsCIDR", &[NETWORK, NETWORK], Bool, |_, args| {
            Ok(Value::Bool(network(args, 0)?.contains(network(args, 1)?)))
        }),
        method("cidr_ip", "ip", &[NETWORK], ADDRESS, |_, args| Ok(Value::opaque(Ip(network(args, 0)?.address)))),
        method("cidr_prefix_length", "prefixLength", &[NETWORK], Int, |_, args| {
            Ok(Value::Int(i64::from(network(args, 0)?.bits)))
        }),
        method("cidr_masked", "masked", &[NETWORK], NETWORK, |_, args| Ok(Value::opaque(network(args, 0)?.masked()))),
    ],
};

/// An address.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ip(IpAddr);

/// A network.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cidr {
    address: IpAddr,
    bits: u8,
}

impl Opaque for Ip {
    fn type_name(&self) -> &'static str {
        "net.IP"
    }
    fn equals(&self, other: &dyn Opaque) -> bool {
        (other as &dyn Any).downcast_ref() == Some(self)
    }
    fn print(&self) -> Option<EcoString> {
        Some(eco_format!("{}", self.0))
    }
    fn size(&self) -> Option<u64> {
        Some(if self.0.is_ipv4() { 4 } else { 16 })
    }
}

impl Opaque for Cidr {
    fn type_name(&self) -> &'static str {
        "net.CIDR"
    }
    fn equals(&self, other: &dyn Opaque) -> bool {
        (other as &dyn Any).downcast_ref() == Some(self)
    }
    fn print(&self) -> Option<EcoString> {
        Some(eco_format!("{}/{}", self.address, self.bits))
    }
    fn size(&self) -> Option<u64> {
        Some(u64::from(self.bits).div_ceil(8))
    }
}

impl Cidr {
    /// The bits of an address that belong to the network; addresses of version 4 are in the upper 32 bits.
    fn prefix(self, address: IpAddr) -> u128 {
        let bits = match address {
            IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
            IpAddr::V6(address) => address.to_bits(),
        };
        bits & u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0)
    }

    fn holds(self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4() && self.prefix(self.address) == self.prefix(address)
    }

    fn contains(self, inner: Cidr) -> bool {
        self.bits <= inner.bits && self.holds(inner.address)
    }

    fn masked(self) -> Self {
        let bits = self.prefix(self.address);
        let address = match self.address {
            IpAddr::V4(_) => IpAddr::V4(((bits >> 96) as u32).into()),
            IpAddr::V6(_) => IpAddr::V6(bits.into()),
        };
        Cidr { address, ..self }
    }
}

fn parse(text: &str) -> Option<IpAddr> {
    text.parse().ok().filter(|ip| !matches!(ip, IpAddr::V6(ip) if ip.to_ipv4_mapped().is_some()))
}

fn parse_network(text: &str) -> Option<Cidr> {
    let (address, bits) = text.split_once('/')?;
    let address = parse(address)?;
    let plain = bits.bytes().all(|byte| byte.is_ascii_digit()) && (bits == "0" || !bits.starts_with('0'));
    let bits: u8 = bits.parse().ok().filter(|_| plain)?;
    (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some(Cidr { address, bits })
}

fn address(args: &[Value], at: usize) -> Result<IpAddr, Failure> {
    let text = text(args, at)?;
    parse(text).ok_or_else(|| Failure::Error(eco_format!("`{text}` is not a valid IP address")))
}

fn network_of(args: &[Value], at: usize) -> Result<Cidr, Failure> {
    let text = text(args, at)?;
    parse_network(text).ok_or_else(|| Failure::Error(eco_format!("`{text}` is not a valid CIDR network")))
}

fn ip(args: &[Value]) -> Result<IpAddr, Failure> {
    args.first().and_then(Value::as_opaque::<Ip>).map(|ip| ip.0).ok_or_else(no_overload)
}

fn network(args: &[Value], at: usize) -> Result<Cidr, Failure> {
    args.get(at).and_then(Value::as_opaque::<Cidr>).copied().ok_or_else(no_overload)
}

fn test(args: &[Value], holds: fn(IpAddr) -> bool) -> Result<Value, Failure> {
    ip(args).map(|ip| Value::Bool(holds(ip)))
}

fn local_multicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.octets().starts_with(&[224, 0, 0]),
        IpAddr::V6(ip) => ip.segments().first().is_some_and(|first| first & 0xff0f == 0xff02),
    }
}

fn local_unicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

fn global_unicast(ip: IpAddr) -> bool {
    let excluded = match ip {
        IpAddr::V4(ip) => ip.is_unspecified() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip == Ipv6Addr::UNSPECIFIED,
    };
    !excluded && !ip.is_loopback() && !ip.is_multicast() && !local_unicast(ip)
}
