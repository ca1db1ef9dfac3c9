//! Addresses and networks as values of CEL: `cidr('10.0.0.0/8').containsIP(self.ip)`.

use std::any::Any;
use std::net::IpAddr;

use cel::common::types::{CelBool, CelInt, CelString, Type};
use cel::common::value::{StaticVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

static IP: Type = Type::new_unspecified_type("net.IP");
static CIDR: Type = Type::new_unspecified_type("net.CIDR");

#[derive(Clone, Copy, Debug, PartialEq)]
struct Ip(IpAddr);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Cidr(IpAddr, u8);

macro_rules! value {
    ($name:ident, $kind:ident) => {
        impl Val for $name {
            fn get_type(&self) -> &Type {
                &$kind
            }
            fn cel_type() -> &'static Type {
                &$kind
            }
            fn equals(&self, other: &dyn Val) -> bool {
                other.downcast_ref::<$name>() == Some(self)
            }
            fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
                Box::new(*self)
            }
            fn as_any(&self) -> Option<&dyn Any> {
                Some(self)
            }
        }

        impl StaticVal for $name {}
    };
}

value!(Ip, IP);
value!(Cidr, CIDR);

/// Registers the functions.
pub fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    cel::add_overload!(env, fn ip: (CelString) -> Result<Ip>)?;
    cel::add_overload!(env, fn is_ip: (CelString) -> CelBool, name = "isIP")?;
    cel::add_overload!(env, fn is_canonical: (CelString) -> CelBool, name = "ip.isCanonical")?;
    cel::add_member_overload!(env, fn family: (Ip) -> CelInt)?;
    cel::add_member_overload!(env, fn is_loopback: (Ip) -> CelBool)?;
    cel::add_member_overload!(env, fn is_unspecified: (Ip) -> CelBool)?;
    cel::add_overload!(env, fn cidr: (CelString) -> Result<Cidr>)?;
    cel::add_overload!(env, fn is_cidr: (CelString) -> CelBool, name = "isCIDR")?;
    cel::add_member_overload!(env, fn contains_text: (Cidr, CelString) -> CelBool, name = "containsIP")?;
    cel::add_member_overload!(env, fn contains_ip: (Cidr, Ip) -> CelBool, name = "containsIP")?;
    cel::add_member_overload!(env, fn contains_cidr_text: (Cidr, CelString) -> CelBool, name = "containsCIDR")?;
    cel::add_member_overload!(env, fn contains_cidr: (Cidr, Cidr) -> CelBool, name = "containsCIDR")?;
    cel::add_member_overload!(env, fn prefix_length: (Cidr) -> CelInt)?;
    cel::add_member_overload!(env, fn address: (Cidr) -> Ip, name = "ip")
}

fn parse_cidr(text: &str) -> Option<Cidr> {
    let (address, bits) = text.split_once('/')?;
    let (address, bits): (IpAddr, u8) = (address.parse().ok()?, bits.parse().ok()?);
    (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some(Cidr(address, bits))
}

fn ip(text: &CelString<'_>) -> Result<Ip, ExecutionError> {
    text.inner().parse().map(Ip).map_err(|cause| ExecutionError::function_error("ip", cause))
}

fn is_ip(text: &CelString<'_>) -> CelBool {
    text.inner().parse::<IpAddr>().is_ok().into()
}

fn is_canonical(text: &CelString<'_>) -> CelBool {
    text.inner().parse::<IpAddr>().is_ok_and(|address| address.to_string() == text.inner()).into()
}

fn family(ip: &Ip) -> CelInt {
    (if ip.0.is_ipv4() { 4 } else { 6 }).into()
}

fn is_loopback(ip: &Ip) -> CelBool {
    ip.0.is_loopback().into()
}

fn is_unspecified(ip: &Ip) -> CelBool {
    ip.0.is_unspecified().into()
}

fn cidr(text: &CelString<'_>) -> Result<Cidr, ExecutionError> {
    parse_cidr(text.inner()).ok_or_else(|| ExecutionError::function_error("cidr", "no network"))
}

fn is_cidr(text: &CelString<'_>) -> CelBool {
    parse_cidr(text.inner()).is_some().into()
}

fn holds(network: &Cidr, address: IpAddr) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    };
    // Addresses of version 4 stand in the upper 32 bits.
    let mask = u128::MAX.checked_shl(128 - u32::from(network.1)).unwrap_or(0);
    network.0.is_ipv4() == address.is_ipv4() && bits(network.0) & mask == bits(address) & mask
}

fn contains_text(network: &Cidr, text: &CelString<'_>) -> CelBool {
    text.inner().parse().is_ok_and(|address| holds(network, address)).into()
}

fn contains_ip(network: &Cidr, ip: &Ip) -> CelBool {
    holds(network, ip.0).into()
}

fn contains_cidr_text(network: &Cidr, text: &CelString<'_>) -> CelBool {
    parse_cidr(text.inner()).is_some_and(|inner| inner.1 >= network.1 && holds(network, inner.0)).into()
}

fn contains_cidr(network: &Cidr, inner: &Cidr) -> CelBool {
    (inner.1 >= network.1 && holds(network, inner.0)).into()
}

fn prefix_length(network: &Cidr) -> CelInt {
    i64::from(network.1).into()
}

fn address(network: &Cidr) -> Ip {
    Ip(network.0)
}
