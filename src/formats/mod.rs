//! Formats of strings: what schemas of custom resources and the library `format` of CEL check.
//!
//! Behavior: kube-openapi's `strfmt`, with `govalidator` and the parsers of Go's standard library.

mod address;
mod date;
mod mail;
mod name;
mod number;

pub use address::{is_cidr, is_ipv4, is_ipv6, is_mac};
pub use date::{is_date, is_date_time, is_scala_duration};
pub use mail::is_email;
pub use name::{is_hostname, is_long_name, is_short_name};
pub use number::{
    is_base64, is_bson_id, is_credit_card, is_hex_color, is_isbn10, is_isbn13, is_rgb_color, is_social_security_number, is_uuid,
};
