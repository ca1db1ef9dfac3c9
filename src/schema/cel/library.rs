//! The functions that rules may use: those of CEL and its extensions from the crate, and Kubernetes' own.
//!
//! Behaviour: `k8s.io/apiserver/pkg/cel/library`: regular expressions, lists, sets, URLs; quantities and addresses have their own
//! files. A function that is missing here makes a rule unknown, never wrong.

use std::any::Any;
use std::cmp::Ordering;

use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelString, DYN_TYPE, LIST_TYPE, Type};
use cel::common::value::{CowVal, StaticVal, Val};
use cel::{DeclarationError, Env, ExecutionError, extensions};

use super::{address, free, quantity};
use crate::schema::pattern;

/// All functions.
pub fn environment() -> Env {
    let mut env = Env::stdlib();
    type Extension = fn(&mut Env) -> Result<(), DeclarationError>;
    let all: [Extension; 10] = [
        extensions::strings,
        extensions::lists,
        extensions::math,
        extensions::encoders,
        quantity::extension,
        address::extension,
        urls,
        lists,
        regular_expressions,
        free::extension,
    ];
    // What is declared twice by a later version of the crate stays as it is there.
    for extension in all {
        let _ = env.add_extension(extension);
    }
    env
}

fn failed(function: &str, cause: &str) -> ExecutionError {
    ExecutionError::function_error(function, cause)
}

fn regular_expressions(env: &mut Env) -> Result<(), DeclarationError> {
    cel::add_member_overload!(env, fn find: (CelString, CelString) -> Result<CelString>)?;
    cel::add_member_overload!(env, fn find_all: (CelString, CelString) -> Result<CelList>)
}

fn find(text: &CelString<'_>, regex: &CelString<'_>) -> Result<CelString<'static>, ExecutionError> {
    let regex = pattern::compile(regex.inner()).map_err(|_| failed("find", "no regular expression"))?;
    Ok(CelString::from(regex.find(text.inner()).map_or("", |found| found.as_str()).to_owned()))
}

fn find_all(text: &CelString<'_>, regex: &CelString<'_>) -> Result<CelList<'static>, ExecutionError> {
    let regex = pattern::compile(regex.inner()).map_err(|_| failed("findAll", "no regular expression"))?;
    let found = regex.find_iter(text.inner()).map(|found| found.as_str().to_owned());
    Ok(CelList::from(found.map(|text| Box::new(CelString::from(text)) as Box<dyn Val>).collect::<Vec<_>>()))
}

fn lists(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_member_overload("sum", "list_sum", LIST_TYPE, vec![], sum)?;
    env.add_member_overload("min", "list_min", LIST_TYPE, vec![], |args| extreme(&args, Ordering::Less))?;
    env.add_member_overload("max", "list_max", LIST_TYPE, vec![], |args| extreme(&args, Ordering::Greater))?;
    env.add_member_overload("isSorted", "list_is_sorted", LIST_TYPE, vec![], is_sorted)?;
    env.add_member_overload("indexOf", "list_index_of", LIST_TYPE, vec![DYN_TYPE], |args| position(&args, false))?;
    env.add_member_overload("lastIndexOf", "list_last_index_of", LIST_TYPE, vec![DYN_TYPE], |args| position(&args, true))?;
    env.add_overload("sets.contains", "sets_contains", vec![LIST_TYPE, LIST_TYPE], |args| {
        sets(&args, |a, b| b.iter().all(|item| has(a, item.as_ref())))
    })?;
    env.add_overload("sets.intersects", "sets_intersects", vec![LIST_TYPE, LIST_TYPE], |args| {
        sets(&args, |a, b| b.iter().any(|item| has(a, item.as_ref())))
    })?;
    env.add_overload("sets.equivalent", "sets_equivalent", vec![LIST_TYPE, LIST_TYPE], |args| {
        let within = |a: &[Box<dyn Val + '_>], b: &[Box<dyn Val + '_>]| b.iter().all(|item| has(a, item.as_ref()));
        sets(&args, |a, b| within(a, b) && within(b, a))
    })
}

fn has(list: &[Box<dyn Val + '_>], item: &(dyn Val + '_)) -> bool {
    list.iter().any(|other| other.equals(item))
}

/// The entries of an argument that is a list.
fn elements<'v>(args: &[CowVal<'_, 'v>], at: usize) -> Result<Vec<Box<dyn Val + 'v>>, ExecutionError> {
    let list = args.get(at).and_then(|list| list.as_ref().as_iterable()).ok_or_else(|| failed("list", "no list"))?;
    let mut items = list.iter();
    let mut all = Vec::new();
    while let Some(item) = items.next() {
        all.push(item.clone_as_boxed());
    }
    Ok(all)
}

fn sets<'b, 'v>(
    args: &[CowVal<'b, 'v>],
    holds: impl Fn(&[Box<dyn Val + 'v>], &[Box<dyn Val + 'v>]) -> bool,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let (a, b) = (elements(args, 0)?, elements(args, 1)?);
    Ok(CowVal::owned(CelBool::from(holds(&a, &b))))
}

fn compare(a: &(dyn Val + '_), b: &(dyn Val + '_)) -> Result<Ordering, ExecutionError> {
    a.as_comparer().ok_or_else(|| failed("compare", "no order"))?.compare(b)
}

fn extreme<'b, 'v>(args: &[CowVal<'b, 'v>], wanted: Ordering) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let mut items = elements(args, 0)?.into_iter();
    let mut best = items.next().ok_or_else(|| failed("min or max", "the list is empty"))?;
    for item in items {
        if compare(item.as_ref(), best.as_ref())? == wanted {
            best = item;
        }
    }
    Ok(CowVal::Owned(best))
}

fn is_sorted<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let items = elements(&args, 0)?;
    for pair in items.windows(2) {
        if let [a, b] = pair
            && compare(a.as_ref(), b.as_ref())? == Ordering::Greater
        {
            return Ok(CowVal::owned(CelBool::from(false)));
        }
    }
    Ok(CowVal::owned(CelBool::from(true)))
}

fn sum<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let items = elements(&args, 0)?;
    let (mut whole, mut float, mut any_float) = (0i64, 0.0, false);
    for item in &items {
        if let Some(value) = item.downcast_ref::<CelInt>() {
            whole = whole.checked_add(*value.inner()).ok_or_else(|| failed("sum", "the sum is too large"))?;
        } else if let Some(value) = item.downcast_ref::<CelDouble>() {
            any_float = true;
            float += *value.inner();
        } else {
            return Err(failed("sum", "not a number"));
        }
    }
    Ok(if any_float { CowVal::owned(CelDouble::from(float)) } else { CowVal::owned(CelInt::from(whole)) })
}

fn position<'b, 'v>(args: &[CowVal<'b, 'v>], last: bool) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let items = elements(args, 0)?;
    let wanted = args.get(1).ok_or_else(|| failed("indexOf", "no argument"))?;
    let found = match last {
        true => items.iter().rposition(|item| item.equals(wanted.as_ref())),
        false => items.iter().position(|item| item.equals(wanted.as_ref())),
    };
    Ok(CowVal::owned(CelInt::from(found.map_or(-1, |at| at as i64))))
}

static URL: Type = Type::new_unspecified_type("kubernetes.URL");

/// A URL in its parts.
#[derive(Clone, Debug, PartialEq)]
struct Url {
    scheme: String,
    host: String,
    path: String,
}

impl Val for Url {
    fn get_type(&self) -> &Type {
        &URL
    }
    fn cel_type() -> &'static Type {
        &URL
    }
    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<Url>() == Some(self)
    }
    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }
    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Url {}

impl Url {
    /// Go's `url.ParseRequestURI`: absolute, or a path from the root.
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.contains(char::is_control) || text.contains(' ') {
            return None;
        }
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if !scheme.contains(['/', '?']) => (scheme, rest),
            _ => ("", text),
        };
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let begins = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
        if !scheme.is_empty() && (!begins || !scheme.bytes().all(known)) {
            return None;
        }
        if scheme.is_empty() && !rest.starts_with('/') {
            return None;
        }
        let (host, path) = match rest.strip_prefix("//") {
            Some(rest) if !scheme.is_empty() => rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len()))?,
            _ => ("", rest),
        };
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        Some(Url { scheme: scheme.to_lowercase(), host: host.to_owned(), path: path.to_owned() })
    }

    fn port(&self) -> Option<&str> {
        let (_, port) = self.host.rsplit_once(':')?;
        port.bytes().all(|byte| byte.is_ascii_digit()).then_some(port)
    }
}

fn urls(env: &mut Env) -> Result<(), DeclarationError> {
    cel::add_overload!(env, fn url: (CelString) -> Result<Url>)?;
    cel::add_overload!(env, fn is_url: (CelString) -> CelBool, name = "isURL")?;
    cel::add_member_overload!(env, fn get_scheme: (Url) -> CelString)?;
    cel::add_member_overload!(env, fn get_host: (Url) -> CelString)?;
    cel::add_member_overload!(env, fn get_hostname: (Url) -> CelString)?;
    cel::add_member_overload!(env, fn get_port: (Url) -> CelString)?;
    cel::add_member_overload!(env, fn get_escaped_path: (Url) -> CelString)
}

fn url(text: &CelString<'_>) -> Result<Url, ExecutionError> {
    Url::parse(text.inner()).ok_or_else(|| failed("url", "no URL"))
}

fn is_url(text: &CelString<'_>) -> CelBool {
    Url::parse(text.inner()).is_some().into()
}

fn get_scheme(url: &Url) -> CelString<'static> {
    CelString::from(url.scheme.clone())
}

fn get_host(url: &Url) -> CelString<'static> {
    CelString::from(url.host.clone())
}

fn get_hostname(url: &Url) -> CelString<'static> {
    let end = url.port().map_or(url.host.len(), |port| url.host.len() - port.len() - 1);
    CelString::from(url.host.get(..end).unwrap_or_default().trim_matches(['[', ']']).to_owned())
}

fn get_port(url: &Url) -> CelString<'static> {
    CelString::from(url.port().unwrap_or_default().to_owned())
}

fn get_escaped_path(url: &Url) -> CelString<'static> {
    CelString::from(url.path.split('?').next().unwrap_or_default().to_owned())
}
